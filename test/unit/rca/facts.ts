import type { Alert } from '../../../src/alerts/model.ts';
import type { Execution } from '../../../src/executions/model.ts';
import type { Incident } from '../../../src/incidents/model.ts';
import type { RcaFacts } from '../../../src/rca/model.ts';

export const START = new Date('2026-01-31T14:00:00Z');
export const after = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000);
export const ANA = { teamId: 'T1', userId: 'U0ANA', personId: 'ana' };
export const MIRA = { teamId: 'T1', userId: 'U0MIRA', personId: 'mira' };

export const incident: Incident = {
  id: 'i1',
  number: 42,
  groupKey: 'g',
  title: 'ServiceDown: checkout',
  slug: 'checkout-down',
  severity: 'P0',
  status: 'resolved',
  service: 'checkout',
  isPrivate: false,
  openedBy: { kind: 'alert', source: 'alertmanager' },
  commander: ANA,
  startedAt: START,
  openedAt: after(1),
  acknowledgedAt: after(3),
  mitigatedAt: after(40),
  resolvedAt: after(65),
  closedAt: null,
  channelId: 'C1',
  channelName: 'inc-42-checkout-down',
  routeReason: null,
  version: 5,
};

export function alert(over: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    source: 'alertmanager',
    fingerprint: 'f1',
    status: 'resolved',
    name: 'ServiceDown',
    severityLabel: 'critical',
    service: 'checkout',
    labels: new Map(),
    annotations: new Map(),
    url: null,
    incidentId: 'i1',
    startsAt: START,
    endsAt: after(60),
    firstSeenAt: after(1),
    lastSeenAt: after(60),
    seen: 4,
    ...over,
  };
}

export function execution(over: Partial<Execution> = {}): Execution {
  return {
    id: 'e1',
    incidentId: 'i1',
    action: 'restart',
    params: {},
    target: 'kubernetes:c/n/deployment/d',
    service: 'checkout',
    environment: 'prod',
    requestedBy: ANA,
    requestedAt: after(10),
    reason: 'it leaks',
    stepKey: null,
    playbookVersion: null,
    plan: {
      title: 'Restart checkout (prod)',
      before: [],
      after: [],
      blastRadius: 'One deployment.',
      expectedOutage: 'None.',
      warnings: [],
      reversible: true,
      undo: 'Nothing to undo.',
      command: 'kubectl rollout restart',
    },
    spec: {},
    observedAt: after(10),
    planHash: 'a'.repeat(64),
    state: 'succeeded',
    mode: 'approval',
    expiresAt: after(25),
    approvedBy: [MIRA],
    approvedAt: after(12),
    startedAt: after(12),
    endedAt: after(15),
    endedBy: null,
    outcome: 'All 3 replicas are new and healthy.',
    progress: null,
    observedAfter: null,
    supersedes: null,
    supersededBy: null,
    ...over,
  };
}

export function facts(over: Partial<RcaFacts> = {}): RcaFacts {
  return {
    incident,
    serviceName: 'The checkout',
    resolution: {
      impact: 'Nobody could pay',
      usersAffected: 'all, about 3000',
      rootCause: 'A leak in the session cache',
      resolvedBy: ANA,
      overrideReason: null,
      at: after(65),
    },
    alerts: [alert()],
    executions: [execution()],
    breakGlassUses: [],
    timeline: [
      { at: after(1), event: 'Alert source generic opened INC-42', actor: 'generic' },
      { at: after(3), event: 'Ana acknowledged and took command.', actor: 'Ana' },
    ],
    skippedSteps: ['Check recent deployments: skipped by Ana'],
    followUps: [
      { id: 'f1', action: 'Bound the cache', owner: MIRA, dueOn: '2026-02-07', status: 'open' },
      { id: 'f2', action: 'Alert on memory', owner: null, dueOn: null, status: 'open' },
    ],
    nameOf: (user) => (user.userId === 'U0ANA' ? 'Ana' : user.userId === 'U0MIRA' ? 'Mira' : user.userId),
    timeZone: 'UTC',
    ...over,
  };
}
