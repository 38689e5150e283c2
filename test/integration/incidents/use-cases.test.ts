import { afterAll, beforeAll, expect, test } from 'vitest';
import { acknowledge } from '../../../src/incidents/acknowledge.ts';
import { acknowledgeOverdue } from '../../../src/incidents/acknowledge-overdue.ts';
import { announceIncident } from '../../../src/incidents/announce-incident.ts';
import { changeStatus } from '../../../src/incidents/change-status.ts';
import { declareIncident } from '../../../src/incidents/declare.ts';
import type { Incident } from '../../../src/incidents/model.ts';
import { setIncidentService } from '../../../src/incidents/set-service.ts';
import { getIncident } from '../../../src/incidents/store.ts';
import { describeEntry } from '../../../src/log/describe-entry.ts';
import { readTimeline } from '../../../src/log/read-timeline.ts';
import type { Person } from '../../../src/people/model.ts';
import { fireDueDeadlines } from '../../../src/queue/deadlines.ts';
import { createFeature } from '../../harness/feature.ts';
import type { Feature, FeatureDeps } from '../../harness/feature.ts';

let feature: Feature;
let deps: FeatureDeps;
beforeAll(async () => {
  feature = await createFeature();
  deps = feature.deps;
});
afterAll(() => feature.close());

const ana: Person = { teamId: 'T1', userId: 'U0ANA', personId: 'ana' };
const ben: Person = { teamId: 'T1', userId: 'U0BEN', personId: 'T1/U0BEN' };

async function declare(over: Partial<Parameters<typeof declareIncident>[1]> = {}): Promise<Incident> {
  const input = {
    id: deps.newId(),
    title: 'Checkout answers 500',
    severity: 'P1' as const,
    service: null,
    isPrivate: false,
    person: ana,
  };
  return declareIncident(deps, { ...input, ...over });
}

async function kinds(incidentId: string): Promise<string[]> {
  return (await readTimeline(deps.db, incidentId, 100)).map((entry) => entry.kind);
}

test('a form that is sent five times at once declares one incident and takes one number', async () => {
  const id = deps.newId();
  const other = feature.replica();
  const all = await Promise.all(
    [deps, other, deps, other, deps].map((on) =>
      declareIncident(on, {
        id,
        title: 'Twice',
        severity: 'P2',
        service: 'checkout',
        isPrivate: false,
        person: ana,
      }),
    ),
  );
  expect(new Set(all.map((incident) => incident.number)).size).toBe(1);
  expect(await kinds(id)).toEqual(['incident.opened']);
  const next = await declare();
  expect(next.number).toBe((all[0]?.number ?? 0) + 1);
});

test('a title is one line of at most 120 characters; a service must exist', async () => {
  await expect(declare({ title: ' \n\t ' })).rejects.toMatchObject({ code: 'bad_input' });
  await expect(declare({ title: 'x'.repeat(121) })).rejects.toThrow(/at most 120/);
  await expect(declare({ service: 'nothing' })).rejects.toThrow(/no such service/);
  expect((await declare({ title: 'two\nlines\u202e' })).title).toBe('two lines');
});

test('two people take command at once: one has it, the other is told who; a second click changes nothing', async () => {
  const { id } = await declare();
  const outcomes = await Promise.all([
    acknowledge(deps, { incidentId: id, person: ana }),
    acknowledge(feature.replica(), { incidentId: id, person: ben }),
  ]);
  expect(outcomes.map((one) => one.outcome).sort()).toEqual(['someone-elses', 'taken']);
  const winner = outcomes[0]?.outcome === 'taken' ? ana : ben;
  expect(await acknowledge(deps, { incidentId: id, person: winner })).toMatchObject({ outcome: 'yours' });
  expect((await getIncident(deps.db, id))?.commander).toEqual({
    teamId: winner.teamId,
    userId: winner.userId,
  });
  expect(await kinds(id)).toEqual(['incident.opened', 'incident.acknowledged']);
  const { rows } = await deps.db.query('select 1 from deadlines where key = $1', [id]);
  expect(rows).toEqual([]);
});

test('status moves on and back; the same again changes nothing; what is over stays', async () => {
  const { id } = await declare();
  const to = (status: 'investigating' | 'identified' | 'monitoring') =>
    changeStatus(deps, { incidentId: id, status, person: ana });
  expect((await to('identified')).changed).toBe(true);
  expect((await to('identified')).changed).toBe(false);
  await to('monitoring');
  const mitigated = (await getIncident(deps.db, id))?.mitigatedAt;
  expect(mitigated).not.toBeNull();
  await to('investigating');
  await to('monitoring');
  expect((await getIncident(deps.db, id))?.mitigatedAt).toEqual(mitigated);
  await deps.db.query(`update incidents set status = 'resolved' where id = $1`, [id]);
  await expect(to('identified')).rejects.toThrow(/is resolved/);
  expect((await kinds(id)).filter((kind) => kind === 'incident.status_changed')).toHaveLength(4);
});

test('the service is set once it is known, and the checklist looks again', async () => {
  const { id } = await declare();
  const set = (service: string) => setIncidentService(deps, { incidentId: id, service, person: ana });
  await expect(set('nothing')).rejects.toMatchObject({ code: 'bad_input' });
  expect(await set('checkout')).toEqual({ changed: true });
  expect(await set('checkout')).toEqual({ changed: false });
  const jobs = (await feature.jobs()).filter((job) => job.payload['incidentId'] === id);
  expect(jobs.map((job) => job.job)).toContain('start-checklist');
});

test('nobody takes command in time: the deadline calls again, once; taking command in time cancels it', async () => {
  const late = await declare({ severity: 'P0' });
  const fine = await declare({ severity: 'P0' });
  const channelled = {
    ...deps,
    chat: {
      ...deps.chat,
      createChannel: async ({ name }: { name: string }) => ({
        outcome: 'created' as const,
        channelId: `C-${name}`,
      }),
    },
  };
  await announceIncident(channelled, { incidentId: late.id });
  await acknowledge(deps, { incidentId: fine.id, person: ben });
  await feature.moveClock(4);
  await fireDueDeadlines(deps.db, deps.enqueue);
  expect(await overdueJobs()).not.toContain(late.id);
  await feature.moveClock(2);
  await fireDueDeadlines(deps.db, deps.enqueue);
  expect(await overdueJobs()).toContain(late.id);
  expect(await overdueJobs()).not.toContain(fine.id);
  await acknowledgeOverdue(deps, { incidentId: late.id });
  await acknowledgeOverdue(deps, { incidentId: late.id });
  await acknowledgeOverdue(deps, { incidentId: fine.id });
  expect((await kinds(late.id)).filter((kind) => kind === 'incident.acknowledge_overdue')).toHaveLength(1);
  expect(await kinds(fine.id)).toEqual(['incident.opened', 'incident.acknowledged']);
});

test('overdue before there is a channel: it is looked at again later', async () => {
  const { id } = await declare({ severity: 'P0' });
  await deps.db.query('delete from deadlines where key = $1', [id]);
  await acknowledgeOverdue(deps, { incidentId: id });
  const { rows } = await deps.db.query<{ seconds: number }>(
    'select extract(epoch from due_at - app.now())::int as seconds from deadlines where key = $1',
    [id],
  );
  expect(rows[0]?.seconds).toBeGreaterThan(20);
  expect(await kinds(id)).toEqual(['incident.opened']);
});

test('every row of an incident is told in a sentence', async () => {
  const { id } = await declare({ title: 'Told <!channel>' });
  await announceIncident(deps, { incidentId: id });
  await acknowledge(deps, { incidentId: id, person: ben });
  await changeStatus(deps, { incidentId: id, status: 'identified', person: ben });
  const say = {
    person: (user: { userId: string }) => `@${user.userId}`,
    text: (text: string) => `«${text}»`,
  };
  const told = (await readTimeline(deps.db, id, 100)).map((entry) =>
    describeEntry(deps.descriptions, entry, say),
  );
  expect(told).toEqual([
    expect.stringContaining('@U0ANA declared INC-'),
    expect.stringContaining('Channel #«inc-'),
    'Invited @U0ANA, @U0BEN.',
    '@U0BEN acknowledged and took command.',
    '@U0BEN changed the status from «investigating» to «identified».',
  ]);
  expect(told[0]).toContain('«Told <!channel>»');
});

async function overdueJobs(): Promise<string[]> {
  const jobs = (await feature.jobs()).filter((job) => job.job === 'acknowledge-overdue');
  return jobs.map((job) => job.payload['incidentId'] ?? '');
}
