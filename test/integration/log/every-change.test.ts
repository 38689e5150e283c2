import { randomInt } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expireApproval } from '../../../src/approvals/expire-approval.ts';
import { startChecklist } from '../../../src/checklists/start-checklist.ts';
import { executeAction } from '../../../src/executions/execute-action.ts';
import { verifyLog } from '../../../src/log/verify-log.ts';
import { ACCOUNTS, startOperationWorld } from './operation-world.ts';
import type { By, OperationWorld, Passed } from './operation-world.ts';
import { OPERATIONS } from './operations.ts';
import type { Aim, Operation } from './operations.ts';

/** 600 in every run, 12,000 in `npm run test:long` (TOCSIN_ROUNDS=20). TOCSIN_SEED repeats a run that failed. */
const TURNS = 600 * Number(process.env['TOCSIN_ROUNDS'] ?? 1);
const SEED = Number(process.env['TOCSIN_SEED'] ?? randomInt(1, 2 ** 31));

let world: OperationWorld;

beforeAll(async () => {
  world = await startOperationWorld();
  const owner = new Client({ connectionString: world.feature.database.ownerUrl });
  await owner.connect();
  await owner.query(OBSERVER);
  await owner.end();
});
afterAll(() => world.close());

it(
  'has one row of the log for each change and each refusal of an identified person, and none for anything else',
  { timeout: 1_000 * 60 * 10 },
  async () => {
    const random = randomFrom(SEED);
    const pick = <T>(from: readonly T[]): T => {
      const one = from[Math.floor(random() * from.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    };
    const seen = { refused: 0, changed: 0, nothing: 0 };
    const incidents: string[] = [];
    for (let turn = 1; turn <= TURNS; turn += 1) {
      const name = incidents.length === 0 || turn % 40 === 0 ? 'declare' : pick(Object.keys(OPERATIONS));
      const operation = OPERATIONS[name];
      if (operation === undefined) throw new Error(`no operation ${name}`);
      const incidentId = pick(incidents.length === 0 ? ['none'] : incidents.slice(-6));
      const before = await count();
      const refused = await perform(operation, { pick, turn, incidentId });
      const after = await count();
      const changed = after.changes - before.changes;
      const what = `seed ${SEED}, turn ${turn}, ${name}`;
      expect({ what, rows: after.rows - before.rows }).toEqual({ what, rows: changed + refused });
      seen.refused += refused;
      seen.changed += changed;
      if (changed + refused === 0) seen.nothing += 1;
      if (name === 'declare' && changed > 0) {
        incidents.push(`incident-${turn}`);
        await giveChannel(`incident-${turn}`);
      }
      if (turn % 25 === 0) await letTimePass(turn);
    }
    const verdict = await verifyLog(world.deps.db);
    expect(verdict.problems).toEqual([]);
    expect(await changesWithoutTheirRow()).toEqual([]);
    // The sequence reached all there is: refusals, changes, and clicks that change nothing.
    expect(Math.min(seen.refused, seen.changed, seen.nothing)).toBeGreaterThan(TURNS / 20);
  },
);

/** One delivery; now and then Slack repeats it, or two replicas get two clicks at once. @returns refusals */
async function perform(operation: Operation, aim: Aim): Promise<number> {
  const by: By = { userId: aim.pick(ACCOUNTS), key: `turn-${aim.turn}` };
  const other: By = { userId: aim.pick([by.userId, ...ACCOUNTS]), key: aim.pick([by.key, `${by.key}b`]) };
  const run = (one: By, deps = world.deps): Promise<Passed<'refused' | undefined>> =>
    world.through(deps, one, (context) => operation(context, aim));
  const isTwice = aim.pick([true, false, false, false, false]);
  const passed = await Promise.all(isTwice ? [run(by), run(other, world.other)] : [run(by)]);
  for (const one of passed) {
    if (one.kind === 'failed' && one.error.code === 'internal') throw one.error;
  }
  return passed.filter(
    (one) => one.kind === 'refused' || (one.kind === 'answered' && one.value === 'refused'),
  ).length;
}

/**
 * Counts changes apart from the code that makes them: by triggers, one per transaction and thing. What is no change to
 * people is left out: modals that nobody sent, the channel, progress, leases.
 */
const OBSERVER = `
  create table app.changes (xact bigint not null, thing text not null, unique (xact, thing));
  create function app.note_change() returns trigger language plpgsql security definer as $$
  begin
    insert into app.changes values (pg_current_xact_id()::text::bigint % 4294967296,
      case tg_table_name
        when 'incidents' then 'incident ' || (to_jsonb(new) ->> 'id')
        when 'executions' then 'execution ' || (to_jsonb(new) ->> 'id') || ' ' || (to_jsonb(new) ->> 'state')
        when 'checklist_items' then 'step ' || (to_jsonb(new) ->> 'checklist_id') || (to_jsonb(new) ->> 'step_id')
        when 'checklists' then 'checklist ' || (to_jsonb(new) ->> 'id')
        else 'execution ' || (to_jsonb(new) ->> 'execution_id') || ' ' ||
          (select state from app.executions where id = to_jsonb(new) ->> 'execution_id')
      end) on conflict do nothing;
    return null;
  end $$;
  create trigger note after insert on app.incidents for each row execute function app.note_change();
  create trigger note_change after update on app.incidents for each row when (row(old.severity, old.status, old.service,
    old.commander_user, old.acknowledged_at, old.resolved_at) is distinct from row(new.severity, new.status, new.service,
    new.commander_user, new.acknowledged_at, new.resolved_at)) execute function app.note_change();
  create trigger note_change after update on app.executions for each row
    when (old.state is distinct from new.state) execute function app.note_change();
  create constraint trigger note after insert on app.votes deferrable initially deferred
    for each row execute function app.note_change();
  create trigger note after update on app.break_glass_uses for each row execute function app.note_change();
  create trigger note after insert on app.checklists for each row execute function app.note_change();
  create trigger note_change after update on app.checklist_items for each row
    when (old.version is distinct from new.version) execute function app.note_change();
  grant select on app.changes to tocsin_app;`;

async function count(): Promise<{ readonly rows: number; readonly changes: number }> {
  const answer = await world.deps.db.query<{ rows: number; changes: number }>(
    'select (select count(*)::int from log) as rows, (select count(*)::int from changes) as changes',
  );
  return answer.rows[0] ?? { rows: 0, changes: 0 };
}

/** Transactions that changed something and did not write as many rows themselves. */
async function changesWithoutTheirRow(): Promise<readonly unknown[]> {
  const answer = await world.deps.db.query(
    `with written as (select xmin::text::bigint as xact, count(*) as n from log group by 1)
     select c.xact, array_agg(c.thing) as things, max(w.n) as rows from changes c left join written w using (xact)
     group by c.xact having count(*) is distinct from max(w.n)`,
  );
  return answer.rows;
}

/** What the jobs of a new incident do. */
async function giveChannel(incidentId: string): Promise<void> {
  await world.deps.db.query(`update incidents set channel_id = 'C-' || id where id = $1`, [incidentId]);
  await startChecklist(world.deps, { incidentId });
}

/** Approved actions run, on two replicas at once, and every other time a quarter of an hour passes before. */
async function letTimePass(turn: number): Promise<void> {
  const before = await count();
  if (turn % 50 === 0) await world.feature.moveClock(16);
  const due = await world.deps.db.query<{ id: string; state: string }>(
    `select id, state from executions where state in ('awaiting-approval', 'approved')`,
  );
  for (const { id: executionId, state } of due.rows) {
    const runs = [world.deps, world.other].map((deps) =>
      state === 'approved'
        ? executeAction(deps, { executionId }, { signal: new AbortController().signal })
        : expireApproval(deps, { executionId }),
    );
    await Promise.allSettled(runs);
  }
  const after = await count();
  const what = `seed ${SEED}, turn ${turn}, time passes`;
  expect({ what, rows: after.rows - before.rows }).toEqual({ what, rows: after.changes - before.changes });
}

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
