import { firingAlert } from '../test/harness/alerts.ts';
import type { LedgerEntry, SlackMessageSeen } from '../test/harness/sandbox-client.ts';
import { startWorld } from '../test/harness/world.ts';
import type { World } from '../test/harness/world.ts';
import { drained } from './drained.ts';
import type { Benchmark, Figure } from './figures.ts';

const UNTIL_USABLE = 4;
const WHOLE_LIFE = 20;
const TICKS = 8;

export const slackCalls: Benchmark = {
  id: 'p5',
  title: 'Slack calls of an incident',
  compares:
    'Calls in the sandbox’s ledger, so the numbers are exact: from the alert until channel, card, checklist and invitation are there, and for a whole life (opened, eight ticks one by one, a restart asked for and approved, resolved with its RCA). Reads and answers to clicks count too.',
  run: async ({ server }) => {
    const world = await startWorld({ server, limitScale: 100 });
    try {
      return await count(world);
    } finally {
      await world.stop();
    }
  },
};

async function count(world: World): Promise<readonly Figure[]> {
  // Who we are is asked once per process, not per incident.
  await world.sandbox.until('the replica has asked who it is', async () => {
    const asked = await world.sandbox.ledger('auth.test');
    return asked.length > 0;
  });
  const before = (await world.sandbox.ledger()).at(-1)?.seq ?? 0;
  const life = async (): Promise<readonly LedgerEntry[]> =>
    (await world.sandbox.ledger()).filter((entry) => entry.kind === 'slack' && entry.seq > before);
  const channel = await open(world);
  const opened = await life();
  await tick(world, channel);
  const ticked = await life();
  await restart(world, channel);
  const acted = await life();
  await resolve(world, channel);
  const resolved = await life();
  const usable = untilUsable(opened, channel);
  const phases = `open ${opened.length}, ticks ${ticked.length - opened.length}, approval ${acted.length - ticked.length}, resolution ${resolved.length - acted.length}`;
  return [
    {
      name: 'P5 Slack calls until usable',
      figure: `${usable.length} (${usable.map(({ method }) => method).join(', ')})`,
      bar: `≤ ${UNTIL_USABLE}`,
      verdict: usable.length <= UNTIL_USABLE ? 'met' : 'missed',
      note: `then ${opened
        .slice(usable.length)
        .map(({ method }) => method)
        .join(', ')}`,
    },
    {
      name: 'P5 Slack calls of a whole life',
      figure: `${resolved.length} (${phases})`,
      bar: `≤ ${WHOLE_LIFE}`,
      verdict: resolved.length <= WHOLE_LIFE ? 'met' : 'missed',
      note: byMethod(resolved),
    },
  ];
}

/** The calls up to the last of channel, card, checklist and invitation, in the order of arrival. */
function untilUsable(opened: readonly LedgerEntry[], channel: string): readonly LedgerEntry[] {
  const posts = opened.filter(
    (entry) => entry.method === 'chat.postMessage' && entry.args?.['channel'] === channel && entry.ok,
  );
  const needed = [
    ...opened.filter(({ method, ok }) => ok && /^conversations\.(create|invite)$/.test(method)),
    ...posts.slice(0, 2),
  ];
  const last = Math.max(...needed.map(({ seq }) => seq));
  return opened.filter(({ seq }) => seq <= last);
}

function byMethod(entries: readonly LedgerEntry[]): string {
  const counts = new Map<string, number>();
  for (const { method } of entries) counts.set(method, (counts.get(method) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([method, calls]) => `${calls} ${method}`)
    .join(', ');
}

async function open(world: World): Promise<string> {
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  const channel = await world.sandbox.until('the channel', async () => {
    const found = (await world.sandbox.channels()).find(({ name }) => name.startsWith('inc-1-'));
    return found !== undefined && found.members.includes('U0ANA') ? found.id : undefined;
  });
  await seen(world, channel, 'the checklist', (words) => words.includes('*Checklist: P0'));
  await drained(world.owner);
  return channel;
}

function seen(
  world: World,
  channel: string,
  what: string,
  test: (words: string) => boolean,
): Promise<SlackMessageSeen> {
  return world.sandbox.until(what, async () =>
    (await world.sandbox.messages(channel)).findLast((message) => test(JSON.stringify(message))),
  );
}

/** The first open box, eight times, each seen ticked before the next: nothing is coalesced by haste. */
async function tick(world: World, channel: string): Promise<void> {
  for (let ticks = 1; ticks <= TICKS; ticks += 1) {
    const message = await seen(world, channel, 'the checklist', (words) => words.includes('checklist.tick'));
    const box = firstBox(message);
    await world.sandbox.click({
      as: 'U0ANA',
      channel,
      ts: message.ts,
      actionId: 'checklist.tick',
      more: box,
    });
    await seen(world, channel, `tick ${ticks}`, (words) => words.includes(`${ticks} of `));
    await drained(world.owner);
  }
}

function firstBox(message: SlackMessageSeen): { readonly block_id: string; readonly value: string } {
  for (const block of message.blocks ?? []) {
    if (block.type !== 'actions' || block.block_id === undefined) continue;
    for (const element of block.elements) {
      if (element.type !== 'checkboxes' || element.action_id !== 'checklist.tick') continue;
      const ticked = (element.initial_options ?? []).map(({ value }) => value);
      const free = element.options.find(({ value }) => !ticked.includes(value));
      if (free?.value !== undefined) return { block_id: block.block_id, value: free.value };
    }
  }
  throw new Error('the checklist has no open box');
}

async function restart(world: World, channel: string): Promise<void> {
  await world.sandbox.command('U0ANA', channel, '/incident run restart');
  const plan = await modal(world, 'Outage:');
  await world.sandbox.submit('U0ANA', plan, { reason: { reason: 'memory climbs' } });
  const card = await seen(world, channel, 'the approval card', (words) => words.includes('approval.approve'));
  await world.sandbox.click({ as: 'U0MIRA', channel, ts: card.ts, actionId: 'approval.approve' });
  await seen(world, channel, 'the end of the restart', (words) => words.includes('is done.'));
  await drained(world.owner);
}

async function resolve(world: World, channel: string): Promise<void> {
  const alert = firingAlert(
    'UserProfileServiceDown',
    { job: 'user-profile-service' },
    { status: 'resolved' },
  );
  await world.alert(alert);
  await drained(world.owner);
  await world.sandbox.command('U0ANA', channel, '/incident resolve');
  const form = await modal(world, 'What did users notice?');
  const text = (words: string): Readonly<Record<string, string>> => ({ text: words });
  const sent = await world.sandbox.submit('U0ANA', form, {
    impact: text('profiles did not load'),
    'root-cause': text('a leak'),
  });
  if (sent.errors !== undefined) throw new Error(`not resolved: ${JSON.stringify(sent.errors)}`);
  await world.sandbox.until('the RCA', async () =>
    (await world.sandbox.messages(channel)).find((message) => (message.files ?? []).length > 0),
  );
  await drained(world.owner);
}

function modal(world: World, words: string): Promise<string> {
  return world.sandbox.until(`a modal that says ${words}`, async () => {
    const found = await world.sandbox.modal('U0ANA');
    return found !== undefined && JSON.stringify(found.blocks).includes(words) ? found.id : undefined;
  });
}
