import { createHash, randomBytes } from 'node:crypto';
import type { Policy } from '../../../src/config/model.ts';
import { CodedError } from '../../../src/errors.ts';
import type { Execution, ExecutionState, Plan } from '../../../src/executions/model.ts';
import { getExecution } from '../../../src/executions/store.ts';
import type { Severity } from '../../../src/incidents/model.ts';
import type { Person } from '../../../src/people/model.ts';
import { personIdOf } from '../../../src/people/resolve-person.ts';
import { createFeature, testConfig } from '../../harness/feature.ts';
import type { Feature, FeatureDeps } from '../../harness/feature.ts';

export const GROUP = 'S0MANAGERS';

/** Two accounts are Ana's; Zoe is in nobody's list. */
const ACCOUNTS = { ana: 'U0ANA', ben: 'U0BEN', cleo: 'U0CLEO', mira: 'U0MIRA', max: 'U0MAX' } as const;
const PEOPLE = Object.entries(ACCOUNTS).map(([id, userId]) => ({
  id,
  name: id,
  slack: [{ teamId: 'T1', userId }, ...(id === 'ana' ? [{ teamId: 'T1', userId: 'U0ANA2' }] : [])],
}));

export const POLICY: Policy = {
  name: 'production',
  match: { actions: ['*'], services: ['*'], environments: ['*'], severities: ['P0', 'P1', 'P2', 'P3'] },
  approvers: [GROUP],
  needed: 1,
  requesters: [],
  expiresAfterMinutes: 15,
  breakGlass: ['ana', 'ben', 'mira'],
};

export const PLAN: Plan = {
  title: 'Restart checkout (prod)',
  before: [{ name: 'restartedAt', value: 'never' }],
  after: [{ name: 'restartedAt', value: 'when approved' }],
  blastRadius: 'One deployment.',
  expectedOutage: 'None.',
  warnings: [],
  reversible: true,
  undo: 'Nothing to undo.',
  command: 'kubectl rollout restart deployment/checkout',
};

export interface AskOptions {
  readonly severity?: Severity;
  readonly requester?: Person;
  readonly plan?: Partial<Plan>;
}

/** A real database, and Slack's groups as the test says. */
export interface ApprovalWorld {
  readonly feature: Feature;
  readonly deps: FeatureDeps;
  /** Members of the managers' group; 'unreadable' while Slack does not tell. */
  group: readonly string[] | 'unreadable';
  person(userId: string): Person;
  /** A request that waits for approval, as requestAction leaves it. */
  ask(options?: AskOptions): Promise<Execution>;
  state(id: string): Promise<ExecutionState>;
  execution(id: string): Promise<Execution>;
  votes(id: string): Promise<number>;
  /** Kinds of log rows about the request's incident, oldest first. */
  kinds(execution: Execution): Promise<readonly string[]>;
  jobs(name: string, executionId: string): Promise<number>;
  surfacePages(executionId: string): Promise<readonly number[]>;
  close(): Promise<void>;
}

export async function startApprovalWorld(policy: Partial<Policy> = {}): Promise<ApprovalWorld> {
  const world: { group: ApprovalWorld['group'] } = { group: ['U0MIRA', 'U0MAX'] };
  const config = testConfig({
    people: PEOPLE,
    policies: [{ ...POLICY, ...policy }],
    onCall: { responders: ['ana'], approvers: ['mira'], deputies: ['max'] },
  });
  const feature = await createFeature({
    config,
    directory: {
      user: async (user) => ({
        ...user,
        isGuest: user.userId === 'U0GUEST',
        isBot: false,
        isDeactivated: false,
        isForeign: false,
      }),
      groupMembers: async () => {
        if (world.group === 'unreadable') throw new CodedError('unavailable', 'Slack does not answer.');
        return world.group;
      },
    },
  });
  const { deps } = feature;
  const person = (userId: string): Person => {
    const user = { teamId: 'T1', userId };
    return { ...user, personId: personIdOf(config, user) };
  };
  const execution = async (id: string): Promise<Execution> => {
    const found = await getExecution(deps.db, id);
    if (found === undefined) throw new Error(`no execution ${id}`);
    return found;
  };
  // Beyond the numbers that alerts of a test may be given.
  let number = 1_000;
  const ask = async (options: AskOptions = {}): Promise<Execution> => {
    number += 1;
    const id = await insertRequest(deps, number, { requester: person('U0ANA'), ...options });
    return execution(id);
  };
  return Object.assign(world, {
    feature,
    deps,
    person,
    ask,
    execution,
    state: async (id: string) => (await execution(id)).state,
    votes: async (id: string) =>
      (await deps.db.query('select from votes where execution_id = $1', [id])).rowCount,
    kinds: async ({ incidentId }: Execution) =>
      (await feature.log()).filter((row) => row.incident_id === incidentId).map((row) => row.kind),
    jobs: async (name: string, executionId: string) =>
      (await feature.jobs()).filter((job) => job.job === name && job.payload['executionId'] === executionId)
        .length,
    surfacePages: async (executionId: string) => {
      const answer = await deps.db.query<{ page: number }>(
        `select page from surfaces where kind = 'approval' and subject = $1 order by page`,
        [executionId],
      );
      return answer.rows.map((row) => row.page);
    },
    close: () => feature.close(),
  });
}

/** An open incident and a request in it that waits for approval. @returns the request's id */
export async function insertRequest(
  deps: Pick<FeatureDeps, 'db' | 'newId'>,
  number: number,
  { severity = 'P1', requester, plan = {} }: AskOptions & { readonly requester: Person },
): Promise<string> {
  const [incidentId, id] = [deps.newId(), deps.newId()];
  await deps.db.query(
    `insert into incidents (id, number, title, slug, severity, status, service, opened_by, started_at, channel_id)
     values ($1, $2, 'Down', 'down', $3, 'investigating', 'checkout', '{"kind":"alert","source":"generic"}', app.now(), $4)`,
    [incidentId, number, severity, `C0INC${number}`],
  );
  await deps.db.query(
    `insert into executions (id, incident_id, action, params, target, service, environment, requested_by_team,
       requested_by_user, requested_by_person, reason, plan, spec, observed_at, plan_hash, state, expires_at)
     values ($1, $2, 'restart', '{}', $3, 'checkout', 'prod', $4, $5, $6, 'it leaks', $7, '{}', app.now(), $8,
       'awaiting-approval', app.now() + interval '15 minutes')`,
    [
      id,
      incidentId,
      `kubernetes:ctx/ns/deployment/d${number}`,
      requester.teamId,
      requester.userId,
      requester.personId,
      JSON.stringify({ ...PLAN, ...plan }),
      createHash('sha256').update(randomBytes(16)).digest('hex'),
    ],
  );
  await deps.db.query(
    `insert into deadlines (job, key, payload, due_at)
     values ('expire-approval', $1::text, jsonb_build_object('executionId', $1::text), app.now() + interval '15 minutes')`,
    [id],
  );
  return id;
}

/** The sentence of the CodedError that it throws; fails when it does not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CodedError) return error.userMessage;
    throw error;
  }
  throw new Error('it was not refused');
}
