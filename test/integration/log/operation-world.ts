import { join } from 'node:path';
import type { Policy, Service } from '../../../src/config/model.ts';
import { loadPlaybooks } from '../../../src/config/load-playbooks.ts';
import type { Deps } from '../../../src/deps.ts';
import { CodedError } from '../../../src/errors.ts';
import { loadActions } from '../../../src/executions/load-actions.ts';
import type { SlackUser } from '../../../src/people/model.ts';
import type { ClusterReader, ClusterWriter, DeploymentObservation } from '../../../src/ports/cluster.ts';
import type { HandlerContext } from '../../../src/slack/define-listener.ts';
import { handleForPerson } from '../../../src/slack/dispatch.ts';
import type { DispatchDeps } from '../../../src/slack/dispatch.ts';
import { createFeature, testConfig } from '../../harness/feature.ts';
import type { Feature, FeatureDeps } from '../../harness/feature.ts';
import { observation } from '../../unit/executions/observation.ts';

/** Ana has two accounts. Who is a guest, deactivated or of another workspace is identified and may do nothing. */
export const ACCOUNTS = [
  'U0ANA',
  'U0ANA2',
  'U0BEN',
  'U0MIRA',
  'U0MAX',
  'U0ZOE',
  'U0GUEST',
  'U0GONE',
  'U0STRANGER',
];

const PEOPLE = ['ana', 'ben', 'mira', 'max'].map((id) => ({
  id,
  name: id,
  slack: [id, ...(id === 'ana' ? ['ana2'] : [])].map((name) => ({
    teamId: 'T1',
    userId: `U0${name.toUpperCase()}`,
  })),
}));

const POLICY: Policy = {
  name: 'production',
  match: { actions: ['*'], services: ['*'], environments: ['*'], severities: ['P0', 'P1', 'P2', 'P3'] },
  approvers: ['S0MANAGERS'],
  needed: 1,
  requesters: [],
  expiresAfterMinutes: 15,
  breakGlass: ['ana', 'mira'],
};

export const SERVICES = ['checkout', 'payments', 'toggle'] as const;

/** A real database and every use case; Slack's people and groups and the cluster are as the test says. */
export interface OperationWorld {
  readonly feature: Feature;
  readonly deps: Deps;
  /** The same as another replica has it. */
  readonly other: Deps;
  /** Comes through Slack's door as this account, with a delivery of this key. */
  through<T>(deps: Deps, by: By, work: (context: HandlerContext) => Promise<T>): Promise<Passed<T>>;
  close(): Promise<void>;
}

export interface By {
  readonly userId: string;
  readonly key: string;
}

export type Passed<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly error: CodedError }
  | { readonly kind: 'repeat' };

export async function startOperationWorld(): Promise<OperationWorld> {
  const root = join(import.meta.dirname, '../../..');
  const { playbooks } = await loadPlaybooks(
    { shipped: join(root, 'playbooks'), team: null },
    { actions: ['restart'], diagnostics: [] },
  );
  const config = testConfig({
    services: new Map(SERVICES.map((id) => [id, serviceOf(id)])),
    people: PEOPLE,
    policies: [
      {
        ...POLICY,
        name: 'two',
        match: { ...POLICY.match, services: ['payments'] },
        needed: 2,
        requesters: ['ana', 'ben'],
        approvers: ['mira', 'max', 'ana'],
      },
      POLICY,
    ],
  });
  const directory = {
    user: async (user: SlackUser) => ({
      ...user,
      isGuest: user.userId === 'U0GUEST',
      isBot: false,
      isDeactivated: user.userId === 'U0GONE',
      isForeign: user.userId === 'U0STRANGER',
    }),
    groupMembers: async () => ['U0MIRA', 'U0MAX'],
  };
  const feature = await createFeature({ config, directory });
  const parts = { playbooks, actions: await loadActions(), ...clusterStub() };
  const complete = (deps: FeatureDeps): Deps => ({ ...deps, ...parts });
  return {
    feature,
    deps: complete(feature.deps),
    other: complete(feature.replica()),
    through,
    close: () => feature.close(),
  };
}

function serviceOf(id: string): Service {
  const kubernetes = { context: 'east', namespace: 'shop', deployment: id };
  return { id, name: `The ${id}`, environment: 'prod', kubernetes, healthUrl: null, links: [] };
}

/** Deployments that take every restart and roll out at once. */
function clusterStub(): Pick<Deps, 'cluster' | 'clusterWriter' | 'probeHealth'> {
  const restarted = new Map<string, string>();
  const look = (name: string): DeploymentObservation =>
    observation({ name, restartedAt: restarted.get(name) ?? null });
  const cluster: ClusterReader = {
    observeDeployment: async ({ name }) => look(name),
    followRollout: async ({ name }) => ({ outcome: 'complete', text: 'Complete.', deployment: look(name) }),
  };
  const clusterWriter: ClusterWriter = {
    restartDeployment: async ({ name }, { restartedAt }) => {
      restarted.set(name, restartedAt);
      return look(name);
    },
  };
  return { cluster, clusterWriter, probeHealth: async () => ({ ok: true, text: 'answers 200' }) };
}

async function through<T>(
  deps: Deps,
  by: By,
  work: (context: HandlerContext) => Promise<T>,
): Promise<Passed<T>> {
  const incoming = {
    body: {},
    teamId: 'T1',
    enterpriseId: '',
    isEnterpriseInstall: false,
    appId: '',
    user: { teamId: 'T1', userId: by.userId },
    channelId: 'C0INC',
    triggerId: '',
    responseUrl: '',
    keys: [by.key],
  };
  const door = { door: 'action', name: 'property' } as const;
  const handled = await handleForPerson(withSlack(deps), incoming, door, (limited, context) =>
    work({ ...context, deps: limited }),
  );
  if (handled.kind !== 'failed') return handled;
  return handled.error.code === 'not_allowed'
    ? { kind: 'refused' }
    : { kind: 'failed', error: handled.error };
}

function withSlack(deps: Deps): DispatchDeps {
  const away = (): Promise<never> => Promise.reject(new CodedError('unavailable', 'no Slack here'));
  const none = new Map<string, never>();
  return {
    ...deps,
    gateway: { call: away, answer: away, respond: away, upload: away },
    identity: async () => ({
      teamId: 'T1',
      botUserId: 'U0BOT',
      botId: 'B0BOT',
      appId: null,
      enterpriseId: null,
    }),
    commands: none,
    listeners: { actions: none, modalActions: none, views: none, shortcuts: none, events: none },
  };
}
