import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockProblems } from '../../../../sandbox/slack/blocks/validate-blocks.ts';
import type { Alert } from '../../../../src/alerts/model.ts';
import type { Service } from '../../../../src/config/model.ts';
import type { Incident } from '../../../../src/incidents/model.ts';
import { NOTICE_TOPICS } from '../../../../src/incidents/notices.ts';
import type { IncidentPicture } from '../../../../src/incidents/read-picture.ts';
import type { SlackMessage } from '../../../../src/slack/define-renderer.ts';
import { announcement } from '../../../../src/slack/views/announcement.ts';
import { declareModal, parseDeclare } from '../../../../src/slack/views/declare-modal.ts';
import { listAnswer, statusAnswer } from '../../../../src/slack/views/incident-answers.ts';
import { incidentCard } from '../../../../src/slack/views/incident-card.ts';
import { notice } from '../../../../src/slack/views/notice.ts';
import { resolutionPost } from '../../../../src/slack/views/resolution-post.ts';
import { timelineBlocks } from '../../../../src/slack/views/timeline.ts';
import { DESCRIPTIONS } from '../../../../src/descriptions.ts';

const T0 = new Date('2026-11-22T03:00:00Z');
const ana = { teamId: 'T1', userId: 'U0ANA' };

function incident(over: Partial<Incident> = {}): Incident {
  return {
    id: 'i1',
    number: 12,
    groupKey: 'g',
    title: 'Checkout is down',
    slug: 'checkout-is-down',
    severity: 'P0',
    status: 'investigating',
    service: 'checkout',
    isPrivate: false,
    openedBy: { kind: 'alert', source: 'alertmanager' },
    commander: null,
    startedAt: T0,
    openedAt: T0,
    acknowledgedAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    closedAt: null,
    channelId: 'C0INC12',
    channelName: 'inc-12',
    routeReason: 'Route “down”: it says P0.',
    version: 1,
    ...over,
  };
}

const checkout: Service = {
  id: 'checkout',
  name: 'Checkout',
  environment: 'prod',
  kubernetes: null,
  healthUrl: null,
  links: [{ title: 'Dashboard', url: 'https://grafana.example/d/1' }],
};

function alert(over: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    source: 'alertmanager',
    fingerprint: 'f',
    status: 'firing',
    name: 'CheckoutDown',
    severityLabel: 'critical',
    service: 'checkout',
    labels: new Map(),
    annotations: new Map([['runbook_url', 'https://runbooks.example/x']]),
    url: 'https://prom.example/graph?a=1&b=2',
    incidentId: 'i1',
    startsAt: T0,
    endsAt: null,
    firstSeenAt: T0,
    lastSeenAt: T0,
    seen: 1,
    ...over,
  };
}

function picture(over: Partial<Incident> = {}, alerts: readonly Alert[] = [alert()]): IncidentPicture {
  const firing = alerts.filter((one) => one.status === 'firing').length;
  return { incident: incident(over), service: checkout, alerts, counts: { total: alerts.length, firing } };
}

const card = (what: IncidentPicture, retired = false): SlackMessage =>
  incidentCard({ picture: what, services: [checkout], retired });
const text = (message: SlackMessage): string => JSON.stringify(message.blocks);

describe('the card', () => {
  test('its first two lines say it', () => {
    expect(card(picture()).blocks[0]).toMatchObject({
      text: {
        text: ':rotating_light: *P0 INC-12: Checkout is down*\nInvestigating · nobody has command yet',
      },
    });
  });

  test('at first the only button is to acknowledge and take command', () => {
    const buttons = card(picture()).blocks.find((block) => block.type === 'actions');
    expect(buttons).toMatchObject({ elements: [{ action_id: 'incident.acknowledge', style: 'primary' }] });
  });

  test('with a commander: status, run an action, resolve; resolve comes first when it is over', () => {
    const order = (status: Incident['status']) =>
      [...text(card(picture({ status, commander: ana }))).matchAll(/"action_id":"([^"]+)"/g)].map(
        (match) => match[1],
      );
    expect(order('investigating')).toEqual(['incident.status', 'execution.choose', 'resolution.open']);
    expect(order('monitoring')).toEqual(['incident.status', 'resolution.open', 'execution.choose']);
    expect(order('resolved')).toEqual([]);
  });

  test('a retired card has no buttons', () => {
    expect(text(card(picture(), true))).not.toContain('action_id');
  });

  test('service, alerts with count, start as a date token, next step and links are there', () => {
    const alerts = [alert(), alert({ id: 'a2' }), alert({ id: 'a3', name: 'Other', status: 'resolved' })];
    const shown = text(card(picture({}, alerts)));
    expect(shown).toContain('*Service*\\nCheckout');
    expect(shown).toContain('2 of 3 firing: CheckoutDown ×2, Other');
    expect(shown).toContain(`<!date^${T0.getTime() / 1000}^`);
    expect(shown).toContain('<https://runbooks.example/x|Runbook>');
    expect(shown).toContain('<https://prom.example/graph?a=1&amp;b=2|Alert>');
    expect(shown).toContain('<https://grafana.example/d/1|Dashboard>');
    expect(shown).toContain('*Next:*');
  });

  test('an unknown service is asked for', () => {
    const asked = text(card({ ...picture({ service: null }), service: null }));
    expect(asked).toContain('incident.service');
    expect(asked).toContain('not known yet');
  });

  test('links that are not http(s) are no links', () => {
    const hostile = alert({ annotations: new Map([['runbook_url', 'javascript:alert(1)']]), url: null });
    expect(text(card(picture({}, [hostile])))).not.toContain('javascript');
  });
});

test('the announcement names state, commander and channel', () => {
  const shown = text(announcement(picture({ commander: ana, status: 'identified' })));
  expect(shown).toContain('Cause identified · <@U0ANA> has command');
  expect(shown).toContain('<#C0INC12>');
});

test('the resolution says how long it took, never negative, and nothing before it is resolved', () => {
  expect(resolutionPost(picture(), null)).toBeNull();
  const after = (ms: number) =>
    resolutionPost(picture({ status: 'resolved', resolvedAt: new Date(T0.getTime() + ms) }), 'Orders <lost>')
      ?.text;
  expect(after(42 * 60_000)).toContain('Resolved after 42 min');
  expect(after(-5_000)).toContain('Resolved after 0 s');
});

test('a notice calls people only while there is something to do', () => {
  const calls = ['<@U0ANA>'];
  expect(text(notice('acknowledge-overdue', picture(), calls))).toContain(
    '<@U0ANA> Nobody has taken command',
  );
  expect(
    text(notice('acknowledge-overdue', picture({ commander: { teamId: 'T1', userId: 'U0BEN' } }), calls)),
  ).toContain('<@U0BEN> has command');
  expect(text(notice('all-resolved', picture({}, [alert({ status: 'resolved' })]), calls))).not.toContain(
    '<@U0ANA>',
  );
});

test('the declare form reads back what was put in, and says what is missing', () => {
  const value = (one: string) => ({ value: one, selected: [one] });
  const values = new Map([
    ['title', value('It burns')],
    ['severity', value('P0')],
    ['visibility', value('private')],
  ]);
  expect(parseDeclare(values)).toEqual({ title: 'It burns', severity: 'P0', service: null, isPrivate: true });
  expect(parseDeclare(new Map())).toHaveProperty('errors.title');
  expect(
    parseDeclare(
      new Map([
        ['title', value('x')],
        ['severity', value('P9')],
      ]),
    ),
  ).toHaveProperty('errors.severity');
  const view = declareModal({
    id: 'x',
    title: 'y'.repeat(500),
    services: Array.from({ length: 150 }, (_, i) => ({ ...checkout, id: `s${i}`, name: 'n'.repeat(200) })),
  });
  expect(blockProblems(view.blocks, 'modal', '/blocks')).toEqual([]);
});

const HOSTILE = [
  '<!channel>',
  '<!here>',
  '<!everyone>',
  '<!subteam^S1>',
  '<@U1>',
  '<#C1>',
  '<https://evil|https://good>',
  '&lt;!channel&gt;',
  '\u202e',
  '\u200b',
  '😀'.repeat(1_000),
  '`*_~',
  '\n> quote',
  '\u0000',
];
const hostileText = fc
  .array(
    fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(5_000))),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(' '));
const OURS =
  /^<(@[UW][A-Z0-9]+|#[CGD][A-Z0-9]+|!date\^\d+\^[^|>]*\|[^>]*|!subteam\^S[A-Z0-9]+|https?:\/\/[^|<>]+\|[^<>|]*)>$/;

/** Texts of a message that Slack reads as mrkdwn. */
function mrkdwn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwn);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwn)];
}

test('whatever alerts and people wrote: inside the limits, and no token is theirs', () => {
  const everything = fc.record({
    title: hostileText,
    name: hostileText,
    url: fc.oneof(hostileText, fc.webUrl(), fc.constant(`https://x.example/${'a'.repeat(2_900)}|<!channel>`)),
    reason: hostileText,
    service: fc.oneof(hostileText, fc.constant(null)),
    status: fc.constantFrom(
      'investigating' as const,
      'identified' as const,
      'monitoring' as const,
      'resolved' as const,
    ),
    count: fc.nat({ max: 50 }),
    commander: fc.boolean(),
  });
  fc.assert(
    fc.property(everything, (one) => {
      const annotations = new Map([
        ['runbook_url', one.url],
        ['dashboard_url', one.url],
      ]);
      const alerts = Array.from({ length: one.count }, (_, i) =>
        alert({ id: `a${i}`, name: `${one.name}${i}`, annotations, url: one.url }),
      );
      const own: Service = {
        ...checkout,
        id: 's',
        name: one.service ?? 'x',
        links: [{ title: one.title, url: one.url }],
      };
      const it = incident({
        title: one.title,
        routeReason: one.reason,
        service: one.service,
        status: one.status,
        commander: one.commander ? ana : null,
        resolvedAt: T0,
      });
      const what: IncidentPicture = {
        incident: it,
        service: one.service === null ? null : own,
        alerts,
        counts: { total: one.count, firing: 0 },
      };
      const told = timelineBlocks(DESCRIPTIONS, [
        {
          seq: 1,
          at: T0,
          incidentId: 'i1',
          kind: 'incident.opened',
          actor: { kind: 'alert-source', id: one.name },
          data: { number: 1, severity: one.name },
          texts: new Map([
            ['title', one.title],
            ['reason', null],
          ]),
        },
      ]);
      const messages = [
        incidentCard({ picture: what, services: [own], retired: false }),
        announcement(what),
        resolutionPost(what, one.title) ?? { text: 'x', blocks: [] },
        ...NOTICE_TOPICS.map((topic) => notice(topic, what, ['<@U0ANA>'])),
        { text: statusAnswer(what), blocks: [...told, ...(listAnswer([it], 20).blocks ?? [])] },
      ];
      for (const message of messages) {
        expect(blockProblems(message.blocks, 'message', '/blocks')).toEqual([]);
        for (const part of [message.text, ...mrkdwn(message.blocks)]) {
          for (const token of part.match(/<[^>]*>?/g) ?? []) expect(token).toMatch(OURS);
        }
        expect(message.text.trim()).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});
