import { z } from 'zod';
import { SEVERITIES } from '../incidents/model.ts';
import type { KubernetesTarget, OnCall, PersonEntry, Policy, Route, Service } from './model.ts';

/** Lower case, digits, dashes: ids of services and people. */
const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower case letters, digits and dashes, at most 63');
/** RFC 1123 label, as Kubernetes names namespaces and deployments. */
const KubernetesName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a Kubernetes name (RFC 1123)')
  .refine((name) => !name.startsWith('kube-'), 'Tocsin leaves kube-* alone');
const HttpUrl = z.url({ protocol: /^https?$/ });
const Severity = z.enum(SEVERITIES);

/** A person of people.yml, a Slack user group (S…) or, where a single account is meant, a user id (U… or W…). */
const WhoRef = z
  .string()
  .regex(/^([a-z0-9][a-z0-9-]*|S[A-Z0-9]+|[UW][A-Z0-9]+)$/, 'a person id or a Slack group id (S…)');

export const TocsinFile = z.strictObject({
  // The id, not the name: names change, and reading a channel back takes its id anyway.
  incidents_channel: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, "a channel's id, such as C0123ABCD (at the end of its details in Slack)"),
  time_zone: z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Berlin'),
});

const KubernetesTargetYaml = z
  .strictObject({
    context: z.string().min(1).nullish(),
    namespace: KubernetesName,
    deployment: KubernetesName,
  })
  .transform((target): KubernetesTarget => ({ ...target, context: target.context ?? null }));

export const ServiceFile = z
  .strictObject({
    name: z.string().min(1).max(80),
    environment: z.string().regex(/^[a-z0-9-]{1,20}$/, 'such as prod or staging'),
    kubernetes: KubernetesTargetYaml.optional(),
    health_url: HttpUrl.optional(),
    links: z
      .array(z.strictObject({ title: z.string().min(1).max(40), url: HttpUrl }))
      .max(5)
      .default([]),
  })
  .transform((file): Omit<Service, 'id'> => ({
    name: file.name,
    environment: file.environment,
    kubernetes: file.kubernetes ?? null,
    healthUrl: file.health_url ?? null,
    links: file.links,
  }));

const RouteYaml = z
  .strictObject({
    name: z.string().min(1).max(80),
    match: z.strictObject({
      source: z.string().optional(),
      alert: z.string().optional(),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    severity: z.union([Severity, z.literal('by-label')]),
    service: z.union([Id, z.strictObject({ label: z.string().min(1) })]).optional(),
    group_by: z.array(z.string().min(1)).max(10).default([]),
    private: z.boolean().default(false),
  })
  .transform((route): Route => ({
    name: route.name,
    match: {
      ...(route.match.source === undefined ? {} : { source: route.match.source }),
      ...(route.match.alert === undefined ? {} : { alert: route.match.alert }),
      labels: route.match.labels,
    },
    severity: route.severity,
    service: typeof route.service === 'string' ? { id: route.service } : (route.service ?? null),
    groupBy: route.group_by,
    isPrivate: route.private,
  }));

export const RoutesFile = z.strictObject({ routes: z.array(RouteYaml).min(1).max(1_000) });

const SlackAccount = z
  .string()
  .regex(/^[TE][A-Z0-9]+\/[UW][A-Z0-9]+$/, 'an account as <team id>/<user id>, such as T0123/U0456')
  .transform((text) => {
    const [teamId = '', userId = ''] = text.split('/');
    return { teamId, userId };
  });

const PersonYaml = z.strictObject({
  id: Id,
  name: z.string().min(1).max(80),
  slack: z.array(SlackAccount).min(1),
}) satisfies z.ZodType<PersonEntry>;

export const PeopleFile = z.strictObject({ people: z.array(PersonYaml) });

export const OnCallFile = z.strictObject({
  responders: z.array(WhoRef).default([]),
  approvers: z.array(WhoRef).default([]),
  deputies: z.array(WhoRef).default([]),
}) satisfies z.ZodType<OnCall>;

const PolicyYaml = z
  .strictObject({
    name: z.string().min(1).max(80),
    match: z.strictObject({
      actions: z.array(z.string()).min(1).default(['*']),
      services: z.array(z.string()).min(1).default(['*']),
      environments: z.array(z.string()).min(1).default(['*']),
      severities: z
        .array(Severity)
        .min(1)
        .default([...SEVERITIES]),
    }),
    approvers: z.array(WhoRef).min(1),
    needed: z.int().min(1).max(5).default(1),
    requesters: z.array(WhoRef).default([]),
    expires_after_minutes: z.int().min(1).max(1_440).default(15),
    break_glass: z.array(WhoRef).default([]),
  })
  .transform((policy): Policy => ({
    name: policy.name,
    match: policy.match,
    approvers: policy.approvers,
    needed: policy.needed,
    requesters: policy.requesters,
    expiresAfterMinutes: policy.expires_after_minutes,
    breakGlass: policy.break_glass,
  }));

export const PoliciesFile = z.strictObject({ policies: z.array(PolicyYaml) });

function isTimeZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
