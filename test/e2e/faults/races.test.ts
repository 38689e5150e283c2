import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../../harness/alerts.ts';
import { allShown, askForRestart, openDown, restartsDone } from '../../harness/scenes.ts';
import { startWorld } from '../../harness/world.ts';
import type { World } from '../../harness/world.ts';

/** F17, in the long run with its full figures. */
const isLong = Number(process.env['TOCSIN_ROUNDS'] ?? 1) > 1;
const KEYS = isLong ? 1_000 : 200;
const SENDERS = isLong ? 16 : 8;
const ROUNDS = isLong ? 20 : 2;
/** Keys whose senders send at the same time. */
const AT_ONCE = 10;

/** As Alertmanager does: again while it is told 503, which says that nothing was stored. */
async function send(world: World, body: unknown, replica: number): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await world.alert(body, { replica });
    await answer.text();
    if (answer.status !== 503) return answer.status;
  }
  return 503;
}

describe.each(isLong ? [2, 4] : [2])(
  'F17: %i replicas are told the same by many senders at once',
  (replicas) => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld({ replicas, limitScale: 500 });
    });
    afterAll(() => world.stop());

    it(
      `${KEYS} alerts from ${SENDERS} senders each: one incident and one channel each, and no number missing`,
      { timeout: KEYS * 400 },
      async () => {
        for (let first = 0; first < KEYS; first += AT_ONCE) {
          const answers = await Promise.all(
            Array.from({ length: AT_ONCE * SENDERS }, async (_, index) => {
              const key = first + Math.floor(index / SENDERS);
              const body = firingAlert(`Race${key}`, { severity: 'info', job: `job-${key}` });
              return send(world, body, index % replicas);
            }),
          );
          expect(answers.every((status) => status === 202)).toBe(true);
        }
        const { rows } = await world.owner.query<{ number: number }>(
          'select number::int as number from app.incidents order by number',
        );
        expect(rows.map((row) => row.number)).toEqual(Array.from({ length: KEYS }, (_, index) => index + 1));
        await world.sandbox.until(
          'a channel for each',
          async () => {
            const open = await world.owner.query(
              'select from app.incidents where channel_id is null limit 1',
            );
            return open.rows.length === 0;
          },
          KEYS * 300,
        );
        const created = (await world.sandbox.ledger('conversations.create')).filter((entry) => entry.effect);
        const names = created.map((entry) => String(entry.args?.['name']));
        expect(names).toHaveLength(KEYS);
        expect(new Set(names.map((name) => name.split('-')[1])).size).toBe(KEYS);
      },
    );
  },
);

describe('F17: two people decide at once, through two replicas', () => {
  let world: World;
  let channel = '';
  beforeAll(async () => {
    world = await startWorld({ replicas: 2 });
    channel = (await openDown(world)).id;
  });
  afterAll(() => world.stop());

  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  const said = async (as: string): Promise<string> =>
    (await world.sandbox.messages(channel, as))
      .filter((message) => message.ephemeral !== undefined)
      .map((message) => message.text)
      .join('\n');

  async function ends(): Promise<readonly string[]> {
    await world.sandbox.until('it has ended', async () => {
      const { rows } = await world.owner.query(
        `select from app.executions where state not in ('succeeded', 'denied')`,
      );
      return rows.length === 0;
    });
    const { rows } = await world.owner.query<{ state: string }>(
      'select state from app.executions order by requested_at',
    );
    return rows.map((row) => row.state);
  }

  it.each(rounds)('both approve: it runs once, and the second is told (%i)', async (round) => {
    const before = await restartsDone(world);
    const card = await askForRestart(world, channel, `both-${round}`);
    const told = (await said('U0MIRA')).length + (await said('U0MAX')).length;
    const clicks = await Promise.all(
      ['U0MIRA', 'U0MAX'].map((as) =>
        world.sandbox.click({ as, channel, ts: card.ts, actionId: 'approval.approve' }),
      ),
    );
    expect(clicks.map((click) => click.status)).toEqual([200, 200]);
    await world.sandbox.until('both are told', async () => {
      const words = `${await said('U0MIRA')}\n${await said('U0MAX')}`;
      return words.length > told && words.split('Nothing to decide any more').length - 1 > round;
    });
    expect((await ends()).at(-1)).toBe('succeeded');
    const after = await restartsDone(world);
    expect(after.patches).toBe(before.patches + 1);
    expect(after.generation).toBe(before.generation + 1);
    await allShown(world);
  });

  it.each(rounds)('one approves and one denies: exactly one of them wins (%i)', async (round) => {
    const before = await restartsDone(world);
    const card = await askForRestart(world, channel, `either-${round}`);
    await world.sandbox.click({ as: 'U0MAX', channel, ts: card.ts, actionId: 'approval.deny' });
    const form = await world.sandbox.until('the form', () => world.sandbox.modal('U0MAX'));
    const [approved, denied] = await Promise.all([
      world.sandbox.click({ as: 'U0MIRA', channel, ts: card.ts, actionId: 'approval.approve' }),
      world.sandbox.submit('U0MAX', form.id, { reason: { reason: 'not now' } }),
    ]);
    expect([approved.status, denied.status]).toEqual([200, 200]);
    const state = (await ends()).at(-1);
    const after = await restartsDone(world);
    expect(after.patches - before.patches).toBe(state === 'succeeded' ? 1 : 0);
    const words = `${await said('U0MIRA')}\n${JSON.stringify((await world.sandbox.modal('U0MAX'))?.blocks ?? [])}`;
    expect(words).toContain(state === 'succeeded' ? 'Nothing to decide any more' : 'Denied.');
    const { rows } = await world.owner.query(
      `select kind from app.log where kind in ('action.approved', 'action.denied')
       and data ->> 'execution' = (select id::text from app.executions order by requested_at desc limit 1)`,
    );
    expect(rows).toHaveLength(1);
    const open = await world.sandbox.modal('U0MAX');
    if (open !== undefined) await world.sandbox.post('/control/close', { as: 'U0MAX', view_id: open.id });
    await allShown(world);
  });
});
