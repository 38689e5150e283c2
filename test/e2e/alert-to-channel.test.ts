import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import type { ChannelSeen, SlackMessageSeen } from '../harness/sandbox-client.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ replicas: 2 });
});
afterAll(() => world.stop());

const down = (more: Parameters<typeof firingAlert>[2] = {}) =>
  firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }, more);

function channelOf(number: number): Promise<ChannelSeen> {
  return world.sandbox.until(`channel ${number}`, async () =>
    (await world.sandbox.channels()).find((one) => one.name.startsWith(`inc-${number}-`)),
  );
}

function seen(channel: string, words: string, as = 'U0ANA'): Promise<SlackMessageSeen> {
  return world.sandbox.until(`"${words}" in ${channel}`, async () =>
    (await world.sandbox.messages(channel, as)).findLast((message) =>
      `${message.text}${JSON.stringify(message.blocks ?? [])}`.includes(words),
    ),
  );
}

describe('from an alert to a channel', () => {
  it('one alert sent to both replicas at once opens one P0 with channel, card, announcement and the people on call', async () => {
    const answers = await Promise.all([0, 1, 0, 1].map((replica) => world.alert(down(), { replica })));
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202, 202]);
    const channel = await channelOf(1);
    expect(channel.name).toBe('inc-1-userprofileservicedown-fires');
    const card = await seen(channel.id, 'Acknowledge and take command');
    expect(card.text).toContain('P0 INC-1');
    await seen('C0INCIDENTS', 'INC-1');
    await world.sandbox.until('the people on call are in', async () =>
      (await world.sandbox.channels()).find((one) => one.id === channel.id && one.members.includes('U0ANA')),
    );
    const created = (await world.sandbox.ledger('conversations.create')).filter((entry) => entry.effect);
    expect(created).toHaveLength(1);
  });

  it('the first click takes command and is seen in channel and announcement; the second is told who has it', async () => {
    const channel = await channelOf(1);
    const card = await seen(channel.id, 'Acknowledge and take command');
    const click = (as: string) =>
      world.sandbox.click({ as, channel: channel.id, ts: card.ts, actionId: 'incident.acknowledge' });
    await world.sandbox.post('/control/join', { as: 'U0BEN', channel: channel.id });
    await Promise.all([click('U0ANA'), click('U0ANA')]);
    await seen(channel.id, '<@U0ANA> has command');
    await seen('C0INCIDENTS', '<@U0ANA> has command');
    const late = await click('U0BEN').catch((error: unknown) => error);
    // The button is gone by now; a stale phone may still send it.
    expect(late).toBeDefined();
    await world.sandbox.command('U0BEN', channel.id, '/incident ack');
    const { rows } = await world.owner.query(`select kind from app.log where kind = 'incident.acknowledged'`);
    expect(rows).toHaveLength(1);
  });

  it('status, timeline and list answer; a status change redraws the card', async () => {
    const channel = await channelOf(1);
    await world.sandbox.command('U0ANA', channel.id, '/incident status identified');
    await seen(channel.id, 'Cause identified');
    const timeline = await world.sandbox.command('U0ANA', channel.id, '/incident timeline');
    expect(timeline.status).toBe(200);
    const list = await world.sandbox.command('U0ANA', 'C0GENERAL', '/incident list');
    expect(list.status).toBe(200);
  });

  it('repeats change nothing; when the alert resolves the channel is told once', async () => {
    const channel = await channelOf(1);
    const edits = async () =>
      (await world.sandbox.ledger('chat.update')).filter((entry) => entry.effect).length;
    const { rows: before } = await world.owner.query('select count(*) from app.log');
    const editsBefore = await edits();
    for (const replica of [0, 1, 0]) expect((await world.alert(down(), { replica })).status).toBe(202);
    const { rows: after } = await world.owner.query('select count(*) from app.log');
    expect(after).toEqual(before);
    await world.alert(down({ status: 'resolved' }));
    await world.alert(down({ status: 'resolved' }), { replica: 1 });
    await seen(channel.id, 'All alerts of INC-1 are resolved');
    await seen(channel.id, 'all 1 resolved');
    const notices = (await world.sandbox.messages(channel.id)).filter((message) =>
      message.text.includes('All alerts of INC-1'),
    );
    expect(notices).toHaveLength(1);
    expect(await edits()).toBeGreaterThan(editsBefore);
  });

  it('an alert nobody knows opens an incident and asks for its service, which one pick sets', async () => {
    expect((await world.alert(firingAlert('StrangeThing', { severity: 'warning' }))).status).toBe(202);
    const channel = await channelOf(2);
    const card = await seen(channel.id, 'Which service is it?');
    await world.sandbox.post('/control/join', { as: 'U0ANA', channel: channel.id });
    await world.sandbox.click({
      as: 'U0ANA',
      channel: channel.id,
      ts: card.ts,
      actionId: 'incident.service',
      more: { selected_option: 'profile-api' },
    });
    await world.sandbox.until('the service is known', async () => {
      const { rows } = await world.owner.query(`select service from app.incidents where number = 2`);
      return rows[0]?.service === 'profile-api';
    });
    await world.sandbox.until('the card asks no more', async () => {
      const message = (await world.sandbox.messages(channel.id)).find((one) => one.ts === card.ts);
      return !JSON.stringify(message?.blocks ?? []).includes('Which service is it?');
    });
  });

  it('a person declares one by form, in a private channel', async () => {
    await world.sandbox.command('U0CLEO', 'C0GENERAL', '/incident declare Payroll <shows> & tells');
    const modal = await world.sandbox.until('the form', () => world.sandbox.modal('U0CLEO'));
    const sent = await world.sandbox.submit('U0CLEO', modal.id, {
      title: { text: 'Payroll shows <everyone>' },
      severity: { select: 'P1' },
      visibility: { check: ['private'] },
    });
    expect(sent.errors).toBeUndefined();
    const channel = await channelOf(3);
    expect(channel.is_private).toBe(true);
    await world.sandbox.until('Cleo is in', async () =>
      (await world.sandbox.channels()).find((one) => one.id === channel.id && one.members.includes('U0CLEO')),
    );
    const card = await seen(channel.id, 'INC-3', 'U0CLEO');
    expect(card.text).toContain('Payroll shows &lt;everyone&gt;');
    const announced = await world.sandbox.messages('C0INCIDENTS');
    expect(announced.some((message) => message.text.includes('INC-3'))).toBe(false);
  });

  it('a worse alert that joins raises the severity, calls the people on call and brings the new checklist', async () => {
    const jivs = (name: string, severity: string) => firingAlert(name, { job: 'jivs-backend', severity });
    await world.alert(jivs('QueueGrows', 'warning'));
    const channel = await channelOf(4);
    await seen(channel.id, 'P2 INC-4');
    await world.alert(jivs('QueueStuck', 'critical'));
    const notice = await seen(channel.id, 'INC-4 is P1 now');
    expect(JSON.stringify(notice.blocks)).toMatch(/<@U0ANA>|<!subteam/);
    await seen(channel.id, 'P1 INC-4');
    await seen('C0INCIDENTS', 'P1 INC-4');
    await world.sandbox.until('the checklist of P1', async () => {
      const { rows } = await world.owner.query(
        `select c.severity from app.checklists c join app.incidents i on i.id = c.incident_id
         where i.number = 4 and c.folded_at is null`,
      );
      return rows.some((row) => row.severity === 'P1');
    });
  });

  it('nobody takes command in time: the people on call are called again, once', async () => {
    const channel = await channelOf(4);
    await world.passSeconds(16 * 60);
    await seen(channel.id, 'Nobody has taken command of INC-4');
    await world.passSeconds(16 * 60);
    const { rows } = await world.owner.query(
      `select 1 from app.log l join app.incidents i on i.id = l.incident_id
       where i.number = 4 and l.kind = 'incident.acknowledge_overdue'`,
    );
    expect(rows).toHaveLength(1);
  });
});
