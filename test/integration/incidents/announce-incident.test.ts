import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { receiveAlerts } from '../../../src/alerts/receive-alerts.ts';
import { announceIncident } from '../../../src/incidents/announce-incident.ts';
import { getIncident } from '../../../src/incidents/store.ts';
import { CodedError } from '../../../src/errors.ts';
import type { Chat } from '../../../src/ports/chat.ts';
import { chatStub, createFeature } from '../../harness/feature.ts';
import type { Feature, FeatureDeps } from '../../harness/feature.ts';

let feature: Feature;
let deps: FeatureDeps;
let workspace: Workspace;
let next = 0;

beforeAll(async () => {
  feature = await createFeature();
});
afterAll(() => feature.close());
beforeEach(() => {
  workspace = createWorkspace();
  deps = { ...feature.deps, chat: workspace.chat };
});

/** As much of Slack as names need: who created which channel, when. */
interface Workspace {
  readonly channels: Map<string, { id: string; ours: boolean; created: Date }>;
  readonly invited: string[][];
  readonly chat: Chat;
}

function createWorkspace(over: Partial<Chat> = {}): Workspace {
  const channels: Workspace['channels'] = new Map();
  const invited: string[][] = [];
  const chat = chatStub({
    createChannel: async ({ name }) => {
      if (channels.has(name)) return { outcome: 'name_taken' };
      const id = `C${String((next += 1))}`;
      channels.set(name, { id, ours: true, created: new Date() });
      return { outcome: 'created', channelId: id };
    },
    findOwnChannel: async ({ name, since }) => {
      const channel = channels.get(name);
      return channel !== undefined && channel.ours && channel.created >= since ? channel.id : undefined;
    },
    invite: async ({ userIds }) => {
      invited.push([...userIds]);
    },
    ...over,
  });
  return { channels, invited, chat };
}

async function open(title: string): Promise<string> {
  const labels = new Map([
    ['alertname', title],
    ['severity', 'critical'],
    ['service', 'checkout'],
  ]);
  const alert = {
    fingerprint: title,
    status: 'firing' as const,
    name: title,
    summary: title,
    startsAt: null,
    endsAt: null,
    labels,
    annotations: new Map<string, string>(),
    url: null,
  };
  await receiveAlerts(deps, { source: 'generic', rawBody: Buffer.from('{}'), alerts: [alert] });
  const { rows } = await deps.db.query<{ id: string }>('select id from incidents where title = $1', [title]);
  return rows[0]?.id ?? '';
}

async function kinds(incidentId: string): Promise<string[]> {
  return (await feature.log()).filter((row) => row.incident_id === incidentId).map((row) => row.kind);
}

async function surfaces(incidentId: string): Promise<string[]> {
  const { rows } = await deps.db.query<{ kind: string }>(
    'select kind from surfaces where incident_id = $1 order by kind',
    [incidentId],
  );
  return rows.map((row) => row.kind);
}

const COMPLETE = ['incident.opened', 'incident.channel_opened', 'incident.responders_invited'];

test('opens the channel, wants card and announcement, hands on, invites the people on call; again changes nothing', async () => {
  const incidentId = await open('First one');
  await announceIncident(deps, { incidentId });
  await announceIncident(deps, { incidentId });
  const incident = await getIncident(deps.db, incidentId);
  expect(incident?.channelName).toBe(`inc-${incident?.number}-first-one`);
  expect(workspace.channels.size).toBe(1);
  expect(workspace.invited[0]).toEqual(['U0ANA', 'U0BEN']);
  expect(await surfaces(incidentId)).toEqual(['announcement', 'incident-card']);
  expect(await kinds(incidentId)).toEqual(COMPLETE);
  const jobs = (await feature.jobs())
    .filter((job) => job.payload['incidentId'] === incidentId)
    .map((job) => job.job);
  expect(jobs.filter((job) => job === 'start-checklist')).toHaveLength(1);
  expect(jobs.filter((job) => job === 'decorate-channel')).toHaveLength(1);
});

test.each([
  ['after create, before it is recorded', 'createChannel'],
  ['after the invitation, before it is recorded', 'invite'],
] as const)('a crash %s: the next run ends it, with one channel', async (_when, method) => {
  const incidentId = await open(`Crash ${method}`);
  let crashed = false;
  const crashing: Chat = {
    ...workspace.chat,
    [method]: async (input: never) => {
      await workspace.chat[method](input);
      crashed = true;
      throw new CodedError('ambiguous', 'no answer');
    },
  };
  await expect(announceIncident({ ...deps, chat: crashing }, { incidentId })).rejects.toThrow('no answer');
  expect(crashed).toBe(true);
  await announceIncident(deps, { incidentId });
  expect(workspace.channels.size).toBe(1);
  expect(await kinds(incidentId)).toEqual(COMPLETE);
  expect(await surfaces(incidentId)).toEqual(['announcement', 'incident-card']);
});

test('a name that others hold gets -2, -3; a channel of ours from before the incident is not adopted', async () => {
  const incidentId = await open('Taken');
  const { number } = (await getIncident(deps.db, incidentId)) ?? { number: 0 };
  workspace.channels.set(`inc-${number}-taken`, { id: 'CTHEIRS', ours: false, created: new Date() });
  workspace.channels.set(`inc-${number}-taken-2`, {
    id: 'COLD',
    ours: true,
    created: new Date('2020-01-01'),
  });
  await announceIncident(deps, { incidentId });
  const incident = await getIncident(deps.db, incidentId);
  expect(incident?.channelName).toBe(`inc-${number}-taken-3`);
  expect(['CTHEIRS', 'COLD']).not.toContain(incident?.channelId);
});

test('two replicas that run the job at once end with one channel and one log row each', async () => {
  const incidentId = await open('Twice at once');
  const other = { ...feature.replica(), chat: workspace.chat };
  await Promise.all([announceIncident(deps, { incidentId }), announceIncident(other, { incidentId })]);
  expect(workspace.channels.size).toBe(1);
  expect(await kinds(incidentId)).toEqual(COMPLETE);
});

test('while Slack is down nothing is recorded, and the job may be tried again', async () => {
  const incidentId = await open('Slack is down');
  const down = chatStub({
    createChannel: async () => {
      throw new CodedError('unavailable', 'Slack does not answer.');
    },
  });
  await expect(announceIncident({ ...deps, chat: down }, { incidentId })).rejects.toMatchObject({
    retryable: true,
  });
  expect(await kinds(incidentId)).toEqual(['incident.opened']);
  await announceIncident(deps, { incidentId });
  expect(await kinds(incidentId)).toEqual(COMPLETE);
});

test('alerts that all resolved before the channel was there: the channel is told when it opens', async () => {
  const incidentId = await open('Short');
  const labels = new Map([
    ['alertname', 'Short'],
    ['severity', 'critical'],
    ['service', 'checkout'],
  ]);
  const resolved = {
    fingerprint: 'Short',
    status: 'resolved' as const,
    name: 'Short',
    summary: null,
    startsAt: null,
    endsAt: null,
    labels,
    annotations: new Map<string, string>(),
    url: null,
  };
  await receiveAlerts(deps, { source: 'generic', rawBody: Buffer.from('{}'), alerts: [resolved] });
  await announceIncident(deps, { incidentId });
  expect(await surfaces(incidentId)).toEqual(['announcement', 'incident-card', 'notice']);
});

test('a group that cannot be read keeps nobody else waiting, and is looked at again', async () => {
  const id = await open('GroupAway');
  const config = {
    ...deps.config,
    onCall: { responders: ['S0AWAY', 'U0BEN'], approvers: [], deputies: [] },
  };
  const directory = {
    ...deps.directory,
    groupMembers: async () => {
      throw new CodedError('unavailable', 'Slack does not answer.');
    },
  };
  await expect(announceIncident({ ...deps, config, directory }, { incidentId: id })).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 30,
  });
  expect(workspace.invited).toEqual([['U0BEN']]);
  await announceIncident(
    { ...deps, config, directory: { ...directory, groupMembers: async () => ['U0CAL'] } },
    { incidentId: id },
  );
  expect(workspace.invited.at(-1)).toEqual(['U0CAL', 'U0BEN']);
});
