import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSkippedOrOpenSteps } from '../../../src/checklists/list-skipped-steps.ts';
import { openByHand } from '../../../src/checklists/open-by-hand.ts';
import { listProgress } from '../../../src/checklists/progress.ts';
import { readPlaybook } from '../../../src/checklists/read-playbook.ts';
import { skipStep } from '../../../src/checklists/skip-step.ts';
import { startChecklist } from '../../../src/checklists/start-checklist.ts';
import { stepOverdue } from '../../../src/checklists/step-overdue.ts';
import { listChecklists } from '../../../src/checklists/store.ts';
import { readNow } from '../../../src/db/read-now.ts';
import { tickSteps } from '../../../src/checklists/tick-steps.ts';
import { fireDueDeadlines } from '../../../src/queue/deadlines.ts';
import { ANA, BEN, clickOn, createChecklistWorld } from './checklist-world.ts';
import type { ChecklistWorld } from './checklist-world.ts';

let world: ChecklistWorld;

beforeAll(async () => {
  world = await createChecklistWorld(null);
});
afterAll(() => world.feature.close());

async function kinds(incidentId: string): Promise<string[]> {
  return (await world.feature.log()).filter((row) => row.incident_id === incidentId).map((row) => row.kind);
}

async function surfaces(kind: string, incidentId: string): Promise<{ subject: string; retired: boolean }[]> {
  const answer = await world.deps.db.query<{ subject: string; retired: boolean }>(
    `select subject, retired_at is not null as retired from surfaces where kind = $1 and incident_id = $2
     order by created_at, page`,
    [kind, incidentId],
  );
  return answer.rows;
}

describe('starting', () => {
  it('opens one checklist, however many replicas start it and however often', async () => {
    const incidentId = await world.open('P0');
    const [other, third] = [world.replica(), world.replica()];
    await Promise.all([world.deps, other, third].map((deps) => startChecklist(deps, { incidentId })));
    await startChecklist(world.deps, { incidentId });
    expect(await listChecklists(world.deps.db, incidentId)).toHaveLength(1);
    expect(await surfaces('checklist', incidentId)).toHaveLength(1);
    expect(await kinds(incidentId)).toEqual(['checklist.opened']);
  });

  it('opens what an alert asks for beside it, once', async () => {
    const incidentId = await world.open('P1', 'ServiceDown');
    await startChecklist(world.deps, { incidentId });
    await startChecklist(world.deps, { incidentId });
    const all = await listChecklists(world.deps.db, incidentId);
    expect(all.map((one) => [one.role, one.playbookFile])).toEqual([
      ['main', 'p1.md'],
      ['alongside', 'service-down.md'],
    ]);
  });

  it('opens a playbook that somebody asks for, once, and says what there is when the name is wrong', async () => {
    const incidentId = await world.open('P3');
    await startChecklist(world.deps, { incidentId });
    const startsAt = new Date('2030-01-01T02:00:00Z');
    const input = { incidentId, person: ANA, playbookId: 'maintenance', startsAt };
    expect(await openByHand(world.deps, input)).toContain('opens in the channel');
    expect(await openByHand(world.deps, input)).toContain('already');
    const all = await listChecklists(world.deps.db, incidentId);
    expect(all.map((one) => [one.role, one.playbookFile])).toEqual([
      ['main', 'p3.md'],
      ['alongside', 'maintenance.md'],
    ]);
    expect(all[1]?.startedAt).toEqual(startsAt);
    expect(await kinds(incidentId)).toEqual(['checklist.opened', 'checklist.opened']);
    await expect(openByHand(world.deps, { ...input, playbookId: 'none' })).rejects.toThrow('There are: ');
  });

  it('stands on the text that was stored, not on what the files say by now', async () => {
    const incidentId = await world.open('P2');
    await startChecklist(world.deps, { incidentId });
    const before = await world.live(incidentId);
    const changed = world.deps.playbooks.map((one) => ({
      ...one,
      phases: [],
      text: '',
      contentHash: 'other',
    }));
    const click = await clickOn(world, before, [...before.items.keys()][0] ?? '', {
      person: ANA,
      checked: true,
      order: 1,
    });
    await tickSteps(world.deps, click);
    await startChecklist({ ...world.deps, playbooks: changed }, { incidentId });
    expect((await readPlaybook(world.deps.db, await world.live(incidentId))).contentHash).toBe(
      before.playbookHash,
    );
  });

  it('folds the old one with its ticks when the severity changes; the new windows count from the change', async () => {
    const incidentId = await world.open('P2');
    await startChecklist(world.deps, { incidentId });
    const old = await world.live(incidentId);
    const stepId = [...old.items.keys()][0] ?? '';
    await tickSteps(world.deps, await clickOn(world, old, stepId, { person: ANA, checked: true, order: 1 }));
    await world.feature.moveClock(10);
    await world.setSeverity(incidentId, 'P0');
    await Promise.all([world.deps, world.replica()].map((deps) => startChecklist(deps, { incidentId })));
    const [folded, next, ...rest] = await listChecklists(world.deps.db, incidentId);
    expect(rest).toEqual([]);
    expect(folded).toMatchObject({ id: old.id, playbookFile: 'p2.md' });
    expect(folded?.foldedAt).not.toBeNull();
    expect(folded?.items.get(stepId)?.state).toBe('done');
    expect(next).toMatchObject({ playbookFile: 'p0.md', severity: 'P0', foldedAt: null, version: 0 });
    expect((next?.startedAt.getTime() ?? 0) - old.startedAt.getTime()).toBeGreaterThanOrEqual(600_000);
    expect(await surfaces('checklist', incidentId)).toEqual([
      { subject: old.id, retired: true },
      { subject: next?.id, retired: false },
    ]);
    const alarms = await world.deps.db.query('select key from deadlines where key = $1', [old.id]);
    expect(alarms.rows).toEqual([]);
    await expect(
      tickSteps(world.deps, await clickOn(world, old, stepId, { person: BEN, checked: true, order: 2 })),
    ).rejects.toThrow('newer checklist');
  });
});

describe('ticking', () => {
  async function fresh(): Promise<string> {
    const incidentId = await world.open('P0');
    await startChecklist(world.deps, { incidentId });
    return incidentId;
  }

  it('keeps both when two people tick different steps at once on the same rendering', async () => {
    const incidentId = await fresh();
    const seen = await world.live(incidentId);
    const other = world.replica();
    await Promise.all([
      tickSteps(world.deps, await clickOn(world, seen, 'scope', { person: ANA, checked: true, order: 1 })),
      tickSteps(other, await clickOn(world, seen, 'open-call', { person: BEN, checked: true, order: 1 })),
    ]);
    const { items } = await world.live(incidentId);
    expect([items.get('scope')?.by, items.get('open-call')?.by]).toEqual(['ana', 'ben']);
    expect([items.get('scope')?.state, items.get('open-call')?.state]).toEqual(['done', 'done']);
  });

  it('counts one of two people who tick the same step at once, and tells the other who it was', async () => {
    const incidentId = await fresh();
    const seen = await world.live(incidentId);
    const answers = await Promise.all([
      tickSteps(world.deps, await clickOn(world, seen, 'scope', { person: ANA, checked: true, order: 1 })),
      tickSteps(
        world.replica(),
        await clickOn(world, seen, 'scope', { person: BEN, checked: true, order: 1 }),
      ),
    ]);
    const winner = answers[0].changed.length === 1 ? ANA : BEN;
    expect(answers.flatMap(({ changed }) => changed)).toHaveLength(1);
    expect(answers.flatMap(({ conflicts }) => conflicts).map(({ item }) => item.by)).toEqual([
      winner.personId,
    ]);
    expect((await kinds(incidentId)).filter((kind) => kind === 'step.done')).toHaveLength(1);
  });

  it('never unticks what others did by a selection that is stale', async () => {
    const incidentId = await fresh();
    const seen = await world.live(incidentId);
    await tickSteps(
      world.deps,
      await clickOn(world, seen, 'scope', { person: BEN, checked: true, order: 1 }),
    );
    // Ana's message still shows the box empty: what she sends holds no tick for it.
    const stale = await clickOn(world, seen, 'scope', { person: ANA, checked: false, order: 2 });
    expect(await tickSteps(world.deps, stale)).toEqual({ changed: [], conflicts: [] });
    expect((await world.live(incidentId)).items.get('scope')).toMatchObject({ state: 'done', by: 'ben' });
  });

  it('does a delivery that comes twice once, at both replicas too', async () => {
    const incidentId = await fresh();
    const click = await clickOn(world, await world.live(incidentId), 'scope', {
      person: ANA,
      checked: true,
      order: 5,
    });
    const other = world.replica();
    await Promise.all([tickSteps(world.deps, click), tickSteps(other, click), tickSteps(other, click)]);
    const after = await world.live(incidentId);
    expect(after.version).toBe(1);
    expect((await kinds(incidentId)).filter((kind) => kind === 'step.done')).toHaveLength(1);
    const undo = await clickOn(world, after, 'scope', { person: ANA, checked: false, order: 6 });
    await tickSteps(world.deps, undo);
    await tickSteps(world.deps, click);
    expect((await world.live(incidentId)).items.get('scope')?.state).toBe('open');
  });

  it('refuses boxes of another checklist', async () => {
    const [one, two] = [await fresh(), await fresh()];
    const seen = await world.live(one);
    const click = await clickOn(world, seen, 'scope', { person: ANA, checked: true, order: 1 });
    await expect(
      tickSteps(world.deps, { ...click, checklistId: (await world.live(two)).id }),
    ).rejects.toThrow('another checklist');
  });

  it('skips with a reason, puts back, and tells who comes too late', async () => {
    const incidentId = await fresh();
    const { id: checklistId } = await world.live(incidentId);
    const skip = { checklistId, stepId: 'scope', reason: 'not-needed', seenVersion: 0, person: ANA } as const;
    await skipStep(world.deps, skip);
    await skipStep(world.deps, skip);
    expect((await world.live(incidentId)).items.get('scope')).toMatchObject({
      state: 'skipped',
      skipReason: 'not-needed',
    });
    await expect(skipStep(world.deps, { ...skip, person: BEN })).rejects.toThrow('changed this step');
    expect(await listSkippedOrOpenSteps(world.deps.db, incidentId, ({ userId }) => userId)).toContain(
      'Say who is affected: everyone, a region, one customer?: skipped by U0ANA (Does not apply here)',
    );
    await skipStep(world.deps, { ...skip, reason: null, seenVersion: 1, person: BEN });
    expect((await kinds(incidentId)).slice(1)).toEqual(['step.skipped', 'step.unskipped']);
    expect(await listProgress(world.deps.db, incidentId)).toMatchObject([
      { done: 0, skipped: 0, phase: 'Immediate actions' },
    ]);
  });

  it('takes ticks after the resolution, and none once the incident is closed', async () => {
    const incidentId = await fresh();
    const click = await clickOn(world, await world.live(incidentId), 'scope', {
      person: ANA,
      checked: true,
      order: 1,
    });
    await world.deps.db.query(`update incidents set status = 'resolved' where id = $1`, [incidentId]);
    await tickSteps(world.deps, click);
    await world.deps.db.query(`update incidents set status = 'closed' where id = $1`, [incidentId]);
    await expect(tickSteps(world.deps, { ...click, selected: [], order: 2 })).rejects.toThrow('closed');
  });
});

describe('time', () => {
  /** The alarm as the deadline tick and the job do it; gives whether it was due. */
  async function alarm(checklistId: string): Promise<boolean> {
    const { rows } = await world.deps.db.query('select key from deadlines where key = $1', [checklistId]);
    await fireDueDeadlines(world.deps.db, world.deps.enqueue);
    const left = await world.deps.db.query('select key from deadlines where key = $1', [checklistId]);
    const due = rows.length === 1 && left.rows.length === 0;
    if (due) {
      const both = [world.deps, world.replica()];
      await Promise.all(both.map((deps) => stepOverdue(deps, { checklistId })));
    }
    return due;
  }

  it('marks what is overdue once, and reminds of a recurring step once for each interval', async () => {
    const incidentId = await world.open('P0');
    await startChecklist(world.deps, { incidentId });
    const { id } = await world.live(incidentId);
    const count = async (kind: string): Promise<number> =>
      (await kinds(incidentId)).filter((each) => each === kind).length;

    expect(await alarm(id)).toBe(false);
    await world.feature.moveClock(5);
    expect(await alarm(id)).toBe(true);
    expect(await alarm(id)).toBe(false);
    expect([await count('step.overdue'), await count('step.due_again')]).toEqual([1, 0]);
    expect((await listProgress(world.deps.db, incidentId))[0]?.overdue).toBe(5);

    await world.feature.moveClock(10);
    expect(await alarm(id)).toBe(true);
    expect([await count('step.overdue'), await count('step.due_again')]).toEqual([2, 1]);
    const notices = await surfaces('notice', incidentId);
    expect(notices).toHaveLength(1);
    const row = (await world.feature.log()).find(
      (each) => each.kind === 'step.due_again' && each.incident_id === incidentId,
    );
    expect(row?.data).toMatchObject({ stepId: 'update', minutes: 15, userId: 'U0ANA' });

    const seen = await world.live(incidentId);
    await tickSteps(
      world.deps,
      await clickOn(world, seen, 'update', { person: ANA, checked: true, order: 9 }),
    );
    expect((await world.live(incidentId)).items.get('update')).toMatchObject({ state: 'open', by: 'ana' });
    await world.feature.moveClock(15);
    expect(await alarm(id)).toBe(true);
    expect(await count('step.due_again')).toBe(2);
  });

  it('reminds once after a long time out of order, and goes on from there', async () => {
    const incidentId = await world.open('P0');
    await startChecklist(world.deps, { incidentId });
    const { id } = await world.live(incidentId);
    await world.feature.moveClock(100);
    expect(await alarm(id)).toBe(true);
    expect((await surfaces('notice', incidentId)).length).toBe(1);
    const next = await world.deps.db.query<{ due_at: Date }>('select due_at from deadlines where key = $1', [
      id,
    ]);
    const wait = (next.rows[0]?.due_at.getTime() ?? 0) - (await readNow(world.deps.db)).getTime();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(5 * 60_000);
  });

  it('stops the clocks when the incident is resolved', async () => {
    const incidentId = await world.open('P0');
    await startChecklist(world.deps, { incidentId });
    const { id } = await world.live(incidentId);
    await world.deps.db.query(`update incidents set status = 'resolved' where id = $1`, [incidentId]);
    await world.feature.moveClock(100);
    expect(await alarm(id)).toBe(true);
    expect(await kinds(incidentId)).toEqual(['checklist.opened']);
    expect(await alarm(id)).toBe(false);
  });
});

describe('the files of the guides as the team’s own folder', () => {
  it.each([
    ['P0', 'p0-response.md', 'acknowledge-incident-in-monitoring-system'],
    ['P1', 'p1-response.md', null],
  ] as const)('start at %s as %s', async (severity, file, step) => {
    const guides = await createChecklistWorld('guides');
    try {
      const incidentId = await guides.open(severity);
      await startChecklist(guides.deps, { incidentId });
      const checklist = await guides.live(incidentId);
      expect(checklist.playbookFile).toBe(file);
      const stepId = step ?? [...checklist.items.keys()][0] ?? '';
      await tickSteps(
        guides.deps,
        await clickOn(guides, checklist, stepId, { person: ANA, checked: true, order: 1 }),
      );
      expect((await guides.live(incidentId)).items.get(stepId)?.state).toBe('done');
    } finally {
      await guides.feature.close();
    }
  });
});
