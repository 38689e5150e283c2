import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KnownBlock } from '@slack/types';
import { CodedError } from '../../../src/errors.ts';
import { refreshSurface } from '../../../src/slack/refresh-surface.ts';
import type { Surface, SurfaceKind } from '../../../src/surfaces/model.ts';
import { getSurface } from '../../../src/surfaces/store.ts';
import { wantSurface } from '../../../src/surfaces/want-surface.ts';
import { startSlackWorld } from './slack-world.ts';
import type { SlackWorld } from './slack-world.ts';

let world: SlackWorld;
let subject = 0;

beforeAll(async () => {
  world = await startSlackWorld();
});
afterAll(async () => {
  await world.stop();
});
beforeEach(async () => {
  await world.sandbox.post('/control/reset', {});
  await world.sandbox.clearFaults();
  world.enqueued.length = 0;
});

function draw(text: string): void {
  const blocks: KnownBlock[] = [{ type: 'section', text: { type: 'mrkdwn', text } }];
  world.drawing.message = { text, blocks };
}

async function want(kind: SurfaceKind = 'incident-card', channelId = 'C0INCIDENTS'): Promise<string> {
  subject += 1;
  return wantAgain(`subject-${subject}`, kind, channelId);
}

function wantAgain(
  name: string,
  kind: SurfaceKind = 'incident-card',
  channelId = 'C0INCIDENTS',
): Promise<string> {
  return world.db.transaction((tx) =>
    wantSurface(tx, world.deps.enqueue, { kind, subject: name, incidentId: null, channelId }),
  );
}

async function load(id: string): Promise<Surface> {
  const surface = await getSurface(world.db, id);
  if (surface === undefined) throw new Error('no such surface');
  return surface;
}

async function shown(channel = 'C0INCIDENTS'): Promise<readonly string[]> {
  const messages = await world.sandbox.messages(channel);
  return messages.filter((message) => message.user === 'U0TOCSIN').map((message) => message.text);
}

test('posts once, then updates the same message, and skips what it shows already', async () => {
  draw('P0: checkout is down');
  const id = await want();
  await refreshSurface(world.refreshing(), id);
  expect(await shown()).toEqual(['P0: checkout is down']);
  await refreshSurface(world.refreshing(), id);
  expect(await load(id)).toMatchObject({ wanted: 1, shown: 1 });

  draw('P0: checkout is up');
  await world.db.query(`update surfaces set wanted = wanted + 1, sent_at = sent_at - interval '1 minute'`);
  await refreshSurface(world.refreshing(), id);
  expect(await shown()).toEqual(['P0: checkout is up']);
  await world.db.query('update surfaces set wanted = wanted + 1 where id = $1', [id]);
  await refreshSurface(world.refreshing(), id);
  expect(await load(id)).toMatchObject({ wanted: 3, shown: 3 });
  expect((await world.sandbox.ledger('chat.update')).length).toBe(1);
});

test('keeps changes of one message two seconds apart', async () => {
  draw('one');
  const id = await want();
  await refreshSurface(world.refreshing(), id);
  draw('two');
  await world.db.query('update surfaces set wanted = wanted + 1 where id = $1', [id]);
  world.enqueued.length = 0;
  await refreshSurface(world.refreshing(), id);
  expect(await shown()).toEqual(['one']);
  expect(world.enqueued).toEqual([{ job: 'refresh-surface', payload: { surfaceId: id }, delaySeconds: 2 }]);
});

test('F6: a post that Slack took and did not answer is found again, 100 times: lost 0, doubled 0', async () => {
  draw('unanswered');
  for (let turn = 0; turn < 100; turn += 1) {
    await world.sandbox.fault({
      target: 'slack:chat.postMessage',
      fault: { kind: 'processed_then_reset' },
      times: 1,
    });
    await refreshSurface(world.refreshing(), await want());
  }
  expect((await shown()).length).toBe(100);
}, 60_000);

test('a crash between the attempt and its answer: the next replica adopts what is there', async () => {
  draw('before the crash');
  const id = await want();
  const { gateway } = world.slack;
  const sent = Promise.withResolvers<void>();
  const crashing: typeof gateway = {
    ...gateway,
    call: async (...args) => {
      const answer = await gateway.call(...args);
      if (args[0] !== 'chat.postMessage') return answer;
      sent.resolve();
      // The process is gone: nothing after the call happens any more.
      return new Promise(() => undefined);
    },
  };
  void refreshSurface({ ...world.refreshing(), gateway: crashing }, id);
  await sent.promise;
  await expect(refreshSurface(world.refreshing(world.replica()), id)).rejects.toMatchObject({
    code: 'rate_limited',
  });
  await world.db.query(`update surfaces set lease_until = lease_until - interval '1 minute'`);
  await refreshSurface(world.refreshing(world.replica()), id);
  expect(await shown()).toEqual(['before the crash']);
  expect((await load(id)).ts).not.toBeNull();
});

test('a post that the database cannot record afterwards is found again, not repeated', async () => {
  draw('posted, not recorded');
  const id = await want();
  const deps = world.refreshing();
  let isBroken = true;
  const query: typeof deps.db.query = async (text, values) => {
    if (isBroken && text.startsWith('update surfaces set ts = $2')) {
      isBroken = false;
      throw new CodedError('unavailable', 'The database does not answer right now.');
    }
    return deps.db.query(text, values);
  };
  const breaking = { ...deps, db: { ...deps.db, query } };
  await expect(refreshSurface(breaking, id)).rejects.toMatchObject({ code: 'unavailable' });
  await refreshSurface(deps, id);
  expect(await shown()).toEqual(['posted, not recorded']);
  expect((await load(id)).ts).not.toBeNull();
});

test('two replicas at once post one message', async () => {
  draw('once');
  const id = await want();
  const other = world.replica();
  const outcomes = await Promise.allSettled([
    refreshSurface(world.refreshing(), id),
    refreshSurface(world.refreshing(other), id),
  ]);
  expect(await shown()).toEqual(['once']);
  const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(lost.every((error) => error instanceof CodedError && error.code === 'rate_limited')).toBe(true);
});

test('a change that comes while a message is drawn is not lost', async () => {
  draw('first');
  const id = await want();
  const deps = world.refreshing();
  const late = {
    ...deps,
    gateway: {
      ...deps.gateway,
      call: async (...args: Parameters<typeof deps.gateway.call>) => {
        await world.db.query('update surfaces set wanted = wanted + 1 where id = $1', [id]);
        draw('second');
        return deps.gateway.call(...args);
      },
    },
  };
  world.enqueued.length = 0;
  await refreshSurface(late, id);
  expect(world.enqueued).toMatchObject([{ payload: { surfaceId: id } }]);
  await world.db.query(`update surfaces set sent_at = sent_at - interval '1 minute'`);
  await refreshSurface(deps, id);
  expect(await shown()).toEqual(['second']);
});

test('a message that somebody deleted is posted anew', async () => {
  draw('deleted');
  const id = await want();
  await refreshSurface(world.refreshing(), id);
  await world.db.query(
    `update surfaces set wanted = wanted + 1, sent_at = null, ts = '1.000001', shown_hash = null where id = $1`,
    [id],
  );
  await refreshSurface(world.refreshing(), id);
  expect((await shown()).length).toBe(2);
  expect(await load(id)).toMatchObject({ wanted: 2, shown: 2 });
});

test('a channel that takes no messages ends it without a fault', async () => {
  draw('nowhere');
  const id = await want('incident-card', 'C0MISSING');
  await refreshSurface(world.refreshing(), id);
  expect(await load(id)).toMatchObject({ ts: null, wanted: 1, shown: 1 });
});

test('when the channel cannot be read back, an approval waits and a card is repeated with a mark', async () => {
  draw('unconfirmed');
  await world.sandbox.fault({
    target: 'slack:conversations.history',
    fault: { kind: 'status', code: 500 },
    times: -1,
  });
  const ids = { card: await want('incident-card'), approval: await want('approval') };
  for (const id of Object.values(ids)) {
    await world.sandbox.fault({
      target: 'slack:chat.postMessage',
      fault: { kind: 'reset_before' },
      times: 1,
    });
    await expect(refreshSurface(world.refreshing(), id)).rejects.toMatchObject({ code: 'unavailable' });
  }
  await world.db.query(`update surfaces set tried_at = tried_at - interval '11 minutes'`);
  await refreshSurface(world.refreshing(), ids.card);
  await expect(refreshSurface(world.refreshing(), ids.approval)).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(await shown()).toEqual(['unconfirmed (possible repeat)']);
});

test('blocks that Slack does not take leave the text', async () => {
  world.drawing.message = {
    text: 'The text says it.',
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(4_000) } }],
  };
  const id = await want();
  await refreshSurface(world.refreshing(), id);
  expect(await shown()).toEqual(['The text says it.']);
});

test('a retired message that never came to be is not posted; one that an unanswered try left loses its buttons', async () => {
  draw('superseded');
  const never = await want();
  await world.db.query('update surfaces set retired_at = app.now() where id = $1', [never]);
  await refreshSurface(world.refreshing(), never);
  expect(await shown()).toEqual([]);
  expect(await load(never)).toMatchObject({ wanted: 1, shown: 1 });

  const left = await want();
  await world.sandbox.fault({ target: 'slack:chat.postMessage', fault: { kind: 'processed_then_reset' } });
  await world.sandbox.fault({ target: 'slack:conversations.history', fault: { kind: 'status', code: 500 } });
  await expect(refreshSurface(world.refreshing(), left)).rejects.toMatchObject({ code: 'unavailable' });
  await world.db.query('update surfaces set retired_at = app.now() where id = $1', [left]);
  draw('superseded, without buttons');
  await refreshSurface(world.refreshing(), left);
  expect(await shown()).toEqual(['superseded, without buttons']);
});
