import { join } from 'node:path';
import type { Fault } from '../../../sandbox/faults.ts';
import type { LedgerEntry } from '../../../sandbox/ledger.ts';
import { decideApproval } from '../../../src/approvals/decide-approval.ts';
import type { Policy, Service } from '../../../src/config/model.ts';
import { draftAction, observeDraft } from '../../../src/executions/draft-action.ts';
import { executeAction } from '../../../src/executions/execute-action.ts';
import type { ExecuteDeps } from '../../../src/executions/run.ts';
import { loadActions } from '../../../src/executions/load-actions.ts';
import type { Execution } from '../../../src/executions/model.ts';
import type { RequestDeps } from '../../../src/executions/request-action.ts';
import { requestAction } from '../../../src/executions/request-action.ts';
import { getExecution } from '../../../src/executions/store.ts';
import { getIncident } from '../../../src/incidents/store.ts';
import { createClusters } from '../../../src/integrations/kubernetes/cluster.ts';
import type { Person } from '../../../src/people/model.ts';
import { createFeature, testConfig } from '../../harness/feature.ts';
import type { Feature } from '../../harness/feature.ts';
import {
  at,
  call,
  control,
  PROFILE,
  rolledOut,
  startCluster,
} from '../../unit/sandbox/kubernetes-harness.ts';
import type { RunningCluster } from '../../unit/sandbox/kubernetes-harness.ts';

export const ANA: Person = { teamId: 'T1', userId: 'U0ANA', personId: 'ana' };
export const BEN: Person = { teamId: 'T1', userId: 'U0BEN', personId: 'ben' };
export const MIRA: Person = { teamId: 'T1', userId: 'U0MIRA', personId: 'mira' };

export const PROFILE_SERVICE: Service = {
  id: 'profile',
  name: 'User Profile',
  environment: 'prod',
  kubernetes: { context: null, namespace: 'exalt-shared', deployment: 'user-profile-service' },
  healthUrl: null,
  links: [],
};

const POLICY: Policy = {
  name: 'production',
  match: { actions: ['*'], services: ['*'], environments: ['*'], severities: ['P0', 'P1', 'P2', 'P3'] },
  approvers: ['mira'],
  needed: 1,
  requesters: [],
  expiresAfterMinutes: 15,
  breakGlass: ['ana'],
};

export type ActionDeps = RequestDeps & ExecuteDeps;

/** A real database, a real cluster API, and an incident about the service that runs there. */
export interface ActionWorld {
  readonly feature: Feature;
  readonly cluster: RunningCluster;
  readonly deps: ActionDeps;
  /** The same as another replica has it. */
  replica(): ActionDeps;
  readonly service: Service;
  incident(): Promise<string>;
  draft(person?: Person, incidentId?: string): Promise<Execution>;
  /** Asked for and approved; its job waits. */
  approved(incidentId?: string): Promise<Execution>;
  run(id: string, deps?: ActionDeps): Promise<Execution>;
  state(id: string): Promise<Execution>;
  arm(fault: Fault, options?: { verb?: string; times?: number }): void;
  /** Accepted writes to the deployment. */
  effects(): readonly LedgerEntry[];
  generation(): Promise<number>;
  operate(operation: Record<string, unknown>): Promise<void>;
  /** Back to a complete rollout, without faults. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export async function startActionWorld(over: Partial<Service> = {}, rolloutMs = 60): Promise<ActionWorld> {
  const cluster = await startCluster({ rolloutMs });
  await rolledOut(cluster, PROFILE);
  const clusters = createClusters(join(cluster.folder, 'kubeconfig'));
  await clusters.warmUp();
  const service = { ...PROFILE_SERVICE, ...over };
  const feature = await createFeature({
    config: testConfig({
      services: new Map([[service.id, service]]),
      policies: [POLICY],
      people: [ANA, BEN, MIRA].map(({ personId, teamId, userId }) => ({
        id: personId,
        name: personId,
        slack: [{ teamId, userId }],
      })),
    }),
  });
  const parts = {
    actions: await loadActions(),
    cluster: clusters.reader,
    clusterWriter: clusters.writer,
    probeHealth: async () => ({ ok: true, text: 'answers 200' }),
  };
  const deps: ActionDeps = { ...feature.deps, ...parts };
  const state = async (id: string): Promise<Execution> => {
    const execution = await getExecution(deps.db, id);
    if (execution === undefined) throw new Error(`no execution ${id}`);
    return execution;
  };
  let number = 0;
  const incident = async (): Promise<string> => {
    number += 1;
    const id = deps.newId();
    await deps.db.query(
      `insert into incidents (id, number, title, slug, severity, status, service, opened_by, started_at, channel_id)
       values ($1, $2, 'Down', 'down', 'P1', 'investigating', $3, '{"kind":"alert","source":"generic"}', app.now(), $4)`,
      [id, number, service.id, `C0INC${number}`],
    );
    return id;
  };
  const draft = async (person = ANA, incidentId?: string): Promise<Execution> => {
    const found = await getIncident(deps.db, incidentId ?? (await incident()));
    if (found === undefined) throw new Error('no incident');
    return draftAction(deps, { incident: found, actionId: 'restart', person });
  };
  return {
    feature,
    cluster,
    deps,
    replica: () => ({ ...feature.replica(), ...parts }),
    service,
    incident,
    draft,
    state,
    approved: async (incidentId) => {
      const { id } = await draft(ANA, incidentId);
      await observeDraft(deps, id);
      const asked = await requestAction(deps, { executionId: id, person: ANA, reason: 'it leaks' });
      if (asked.kind !== 'asked') throw new Error(`not asked: ${JSON.stringify(asked)}`);
      const planHash = asked.execution.planHash ?? '';
      await decideApproval(deps, {
        executionId: id,
        planHash,
        person: MIRA,
        verdict: 'approve',
        reason: null,
      });
      return state(id);
    },
    run: async (id, with_ = deps) => {
      await executeAction(with_, { executionId: id }, { signal: new AbortController().signal });
      return state(id);
    },
    arm: (fault, { verb = 'PATCH', times = 1 } = {}) =>
      void cluster.world.faults.arm({
        target: `kubernetes:${verb} /apis/apps/v1/namespaces/exalt-shared`,
        fault,
        times,
      }),
    effects: () =>
      cluster.world.ledger.entries({ method: `PATCH ${PROFILE}` }).filter((entry) => entry.effect),
    generation: async () => Number(at((await call(cluster, 'GET', PROFILE)).body, 'metadata', 'generation')),
    operate: async (operation) => {
      await control(cluster, { namespace: 'exalt-shared', name: 'user-profile-service', ...operation });
    },
    settle: async () => {
      cluster.world.faults.clear();
      await rolledOut(cluster, PROFILE);
    },
    close: async () => {
      await cluster.stop();
      await feature.close();
    },
  };
}
