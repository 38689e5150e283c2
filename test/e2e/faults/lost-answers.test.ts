import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../../harness/alerts.ts';
import {
  allShown,
  approvalCard,
  askForRestart,
  executionIs,
  messagesAndSurfaces,
  openDown,
  restartsDone,
} from '../../harness/scenes.ts';
import { startWorld } from '../../harness/world.ts';
import type { World } from '../../harness/world.ts';

/** F6: Slack does what it is asked, and the answer is lost; of each method so many times. */
const TIMES = Number(process.env['TOCSIN_ROUNDS'] ?? 1) > 1 ? 100 : 15;
const MESSAGES_LOST = 3 * TIMES;
const PATIENCE = TIMES * 4_000;

describe('F6: every answer of Slack is lost after it did what it was asked', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ replicas: 2, limitScale: 200 });
  });
  afterAll(() => world.stop());

  const lose = (method: string, times: number) =>
    world.sandbox.fault({ target: `slack:${method}`, fault: { kind: 'processed_then_reset' }, times });

  it(
    `${TIMES} channels and ${MESSAGES_LOST} messages: none twice, none missing`,
    { timeout: PATIENCE + 30_000 },
    async () => {
      await lose('conversations.create', TIMES);
      await lose('chat.postMessage', MESSAGES_LOST);
      for (let index = 0; index < TIMES; index += 1) {
        const answer = await world.alert(
          firingAlert(`Lost${index}`, { severity: 'warning', job: `job-${index}` }),
          {
            replica: index % 2,
          },
        );
        expect(answer.status).toBe(202);
      }
      await allShown(world, PATIENCE);
      const lost = (await world.sandbox.ledger()).filter((entry) => entry.fault === 'processed_then_reset');
      // Some of them are the answer that the name is taken.
      expect(lost.filter((entry) => entry.method === 'conversations.create')).toHaveLength(TIMES);
      expect(lost.filter((entry) => entry.method === 'chat.postMessage' && entry.effect)).toHaveLength(
        MESSAGES_LOST,
      );
      const channels = (await world.sandbox.channels()).filter(({ name }) => name.startsWith('inc-'));
      expect(channels).toHaveLength(TIMES);
      expect(channels.map(({ name }) => Number(name.split('-')[1])).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: TIMES }, (_, index) => index + 1),
      );
      const { posted, wanted } = await messagesAndSurfaces(world);
      expect(posted).toEqual(wanted);
      expect(posted.length).toBeGreaterThanOrEqual(3 * TIMES);
    },
  );

  it(`${TIMES} documents: each attached once`, { timeout: PATIENCE + 30_000 }, async () => {
    await lose('files.completeUploadExternal', TIMES);
    const channels = (await world.sandbox.channels()).filter(({ name }) => name.startsWith('inc-'));
    for (const { id } of channels) {
      await world.sandbox.post('/control/join', { as: 'U0ANA', channel: id });
      await world.sandbox.command('U0ANA', id, '/incident resolve');
      const form = await world.sandbox.until('the form', () => world.sandbox.modal('U0ANA'));
      const overrides = JSON.stringify(form.blocks).includes('"override"');
      const sent = await world.sandbox.submit('U0ANA', form.id, {
        impact: { text: 'nothing' },
        ...(overrides ? { override: { text: 'it is over' } } : {}),
      });
      expect(sent.errors).toBeUndefined();
      if ((await world.sandbox.modal('U0ANA')) !== undefined)
        await world.sandbox.post('/control/close', { as: 'U0ANA', view_id: form.id });
    }
    await allShown(world, PATIENCE);
    const uploads = await world.sandbox.ledger('files.completeUploadExternal');
    expect(uploads.filter((entry) => entry.fault !== undefined && entry.effect)).toHaveLength(TIMES);
    for (const { id } of channels) {
      const files = (await world.sandbox.messages(id)).flatMap((message) => message.files ?? []);
      expect(files).toHaveLength(1);
    }
  });
});

describe('F6: the answer is lost, and the channel cannot be read back either', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ replicas: 2 });
  });
  afterAll(() => world.stop());

  it(
    'an approval is held: not dropped, not asked twice, and goes on when the channel can be read',
    { timeout: 90_000 },
    async () => {
      const { sandbox } = world;
      const channel = await openDown(world);
      await allShown(world);
      const before = (await restartsDone(world)).generation;
      await sandbox.fault({
        target: 'slack:conversations.history',
        fault: { kind: 'status', code: 500 },
        times: -1,
      });
      await sandbox.fault({
        target: 'slack:chat.postMessage',
        match: { channel: channel.id },
        fault: { kind: 'processed_then_reset' },
        times: -1,
      });
      const card = await askForRestart(world, channel.id);
      const posts = async () =>
        (await sandbox.ledger('chat.postMessage')).filter(
          (entry) => entry.effect && entry.args?.['channel'] === channel.id,
        );
      const looks = async () =>
        (await sandbox.ledger('conversations.history')).filter((entry) => entry.status === 500).length;
      // Time enough to be tempted: it looks again and again, and an hour goes by.
      await world.owner.query(
        `update app.surfaces set tried_at = tried_at - interval '1 hour' where ts is null`,
      );
      const seen = await looks();
      await sandbox.until('it has looked twice more', async () => (await looks()) >= seen + 2, 40_000);
      const approvals = (await posts()).filter((entry) =>
        JSON.stringify(entry.args).includes('approval.approve'),
      );
      expect(approvals).toHaveLength(1);
      const status = await sandbox.command('U0ANA', channel.id, '/incident status');
      expect(status.text).toContain('unconfirmed');
      await sandbox.clearFaults();
      await sandbox.until('the message is found again', async () => {
        const { rows } = await world.owner.query(
          `select from app.surfaces where kind = 'approval' and ts = $1`,
          [card.ts],
        );
        return rows.length === 1;
      });
      await sandbox.click({ as: 'U0MIRA', channel: channel.id, ts: card.ts, actionId: 'approval.approve' });
      await executionIs(world, 'succeeded');
      await allShown(world);
      expect(await restartsDone(world)).toEqual({ patches: 1, generation: before + 1 });
      expect(
        (await approvalCard(world, channel.id, 'memory climbs').catch(() => undefined))?.ts ?? card.ts,
      ).toBe(card.ts);
      const { posted, wanted } = await messagesAndSurfaces(world);
      expect(posted).toEqual(wanted);
    },
  );
});
