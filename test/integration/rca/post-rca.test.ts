import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { listSkippedOrOpenSteps } from '../../../src/checklists/list-skipped-steps.ts';
import { PLAYBOOKS_FOLDER } from '../../../src/definitions.ts';
import { DESCRIPTIONS } from '../../../src/descriptions.ts';
import type { Incident } from '../../../src/incidents/model.ts';
import { getIncident } from '../../../src/incidents/store.ts';
import { readTimeline } from '../../../src/log/read-timeline.ts';
import { postRca } from '../../../src/rca/post-rca.ts';
import type { PostRcaDeps } from '../../../src/rca/post-rca.ts';
import { getRca } from '../../../src/rca/store.ts';
import { resolveIncident } from '../../../src/resolution/resolve-incident.ts';
import { refreshSurface } from '../../../src/slack/refresh-surface.ts';
import { loadRenderers } from '../../../src/slack/register-renderers.ts';
import { startSlackWorld } from '../slack/slack-world.ts';
import type { SlackWorld } from '../slack/slack-world.ts';

const CHANNEL = 'C0INCIDENTS';
const ANA = { teamId: 'T1', userId: 'U0ANA', personId: 'ana' };

let world: SlackWorld;
let deps: PostRcaDeps;
let number = 0;

beforeAll(async () => {
  world = await startSlackWorld();
  deps = {
    ...world.deps,
    descriptions: DESCRIPTIONS,
    listSkippedSteps: listSkippedOrOpenSteps,
    templates: `${PLAYBOOKS_FOLDER}/templates`,
  };
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.sandbox.post('/control/reset', {});
  await world.sandbox.clearFaults();
  world.enqueued.length = 0;
  // A channel belongs to one incident: the one of the test before gives it back.
  await world.db.query('update incidents set channel_id = null');
  await world.db.query(`delete from surfaces`);
});

async function resolved(severity: 'P0' | 'P2', channelId: string | null = CHANNEL): Promise<Incident> {
  number += 1;
  const id = world.deps.newId();
  await world.db.query(
    `insert into incidents (id, number, title, slug, severity, status, service, opened_by, started_at, opened_at, channel_id)
     values ($1, $2, 'ServiceDown | <b>checkout</b>', 'down', $3, 'monitoring', 'checkout', '{"kind":"alert","source":"generic"}',
       app.now() - interval '65 minutes', app.now() - interval '64 minutes', $4)`,
    [id, number, severity, channelId],
  );
  await resolveIncident(world.deps, {
    incidentId: id,
    person: ANA,
    words: { impact: 'Nobody could pay', usersAffected: null, rootCause: null, followUps: [] },
    overrideReason: null,
  });
  const incident = await getIncident(world.db, id);
  if (incident === undefined) throw new Error('no incident');
  return incident;
}

/** Draws what was asked for, as the worker does. */
async function draw(): Promise<void> {
  const renderers = await loadRenderers();
  const ids = await world.db.query<{ id: string }>(
    `select id from surfaces where kind = 'rca' and shown < wanted and channel_id is not null`,
  );
  for (const { id } of ids.rows) await refreshSurface({ ...world.refreshing(), renderers }, id);
}

/** What the bot said, and which files it left. */
async function seen(): Promise<{ readonly texts: readonly string[]; readonly files: readonly string[] }> {
  const messages = (await world.sandbox.messages(CHANNEL)).filter((message) => message.user === 'U0TOCSIN');
  return {
    texts: messages.filter((message) => (message.files ?? []).length === 0).map((message) => message.text),
    files: messages.flatMap((message) => (message.files ?? []).map((file) => file.name)),
  };
}

const drafts = async (incident: Incident): Promise<number> =>
  (await readTimeline(world.db, incident.id, 100)).filter((entry) => entry.kind === 'rca.drafted').length;

it('posts what it says in short and attaches the document, once, however often the job runs', async () => {
  const incident = await resolved('P0');
  for (let run = 0; run < 3; run += 1) {
    await postRca(deps, { incidentId: incident.id });
    await draw();
  }
  const { texts, files } = await seen();
  expect(texts).toHaveLength(1);
  expect(texts[0]).toMatch(
    new RegExp(
      `^Root cause analysis of INC-${number}: P0, lasted 1 h 5 min\\. Still to be written by people: users affected, root cause, `,
    ),
  );
  expect(files).toEqual([`inc-${number}-rca.md`]);
  expect(await drafts(incident)).toBe(1);
  const rca = await getRca(world.db, incident.id);
  expect(rca?.fileId).not.toBeNull();
  expect(rca?.markdown).toContain('- **Impact**: Nobody could pay');
  expect(rca?.markdown).toContain('Ana resolved the incident. Impact: Nobody could pay');
  expect(rca?.markdown).toContain('ServiceDown \\| \\<b\\>checkout\\</b\\>');
});

it('gives a P2 a short note', async () => {
  const incident = await resolved('P2');
  await postRca(deps, { incidentId: incident.id });
  await draw();
  expect((await seen()).files).toEqual([`inc-${number}-short-note.md`]);
  expect((await seen()).texts[0]).toContain('Short note of');
});

it('drafts once when two replicas do it at the same time', async () => {
  const incident = await resolved('P0');
  const other = { ...deps, chat: { ...deps.chat, uploadDocument: () => Promise.resolve('F0OTHER') } };
  await Promise.all([
    postRca(deps, { incidentId: incident.id }),
    postRca(other, { incidentId: incident.id }),
  ]);
  await draw();
  expect(await drafts(incident)).toBe(1);
  expect((await seen()).texts).toHaveLength(1);
});

it.each([
  ['Slack took the file and the answer was lost', { kind: 'processed_then_reset' }],
  ['Slack answered 500 before', { kind: 'status', code: 500 }],
])('leaves one file when %s', async (_case, fault) => {
  const incident = await resolved('P0');
  await world.sandbox.fault({ target: 'slack:files.completeUploadExternal', fault, times: 1 });
  await postRca(deps, { incidentId: incident.id }).catch(() => undefined);
  await postRca(deps, { incidentId: incident.id });
  await draw();
  expect((await seen()).files).toEqual([`inc-${number}-rca.md`]);
  expect((await seen()).texts).toHaveLength(1);
});

it('waits for the channel of an incident that was resolved before it had one', async () => {
  const incident = await resolved('P0', null);
  await expect(postRca(deps, { incidentId: incident.id })).rejects.toMatchObject({ retryable: true });
  expect(await drafts(incident)).toBe(1);
  await world.db.query('update incidents set channel_id = $2 where id = $1', [incident.id, CHANNEL]);
  await postRca(deps, { incidentId: incident.id });
  expect((await seen()).files).toEqual([`inc-${number}-rca.md`]);
  expect(await drafts(incident)).toBe(1);
});
