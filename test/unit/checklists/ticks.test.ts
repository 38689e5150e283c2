import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checklist, ChecklistItem, RenderedGroup } from '../../../src/checklists/model.ts';
import { newChecklist } from '../../../src/checklists/new-checklist.ts';
import { groupBlockId, parseGroupBlockId, renderGroup } from '../../../src/checklists/rendered-group.ts';
import { applySkip } from '../../../src/checklists/skips.ts';
import { applyTick, commitTick } from '../../../src/checklists/ticks.ts';
import type { Click } from '../../../src/checklists/ticks.ts';
import { playbookOf } from './playbook-of.ts';

const PLAYBOOK = playbookOf('## A\n- [ ] a\n- [ ] b\n- [ ] c\n- [ ] again every 15 minutes `id:r`\n');
const RECURRING: ReadonlySet<string> = new Set(['r']);
const START = new Date('2026-01-01T00:00:00Z');
const STEPS = ['a', 'b', 'c', 'r'];

function fresh(): Checklist {
  return newChecklist(PLAYBOOK, 'c1', START);
}

function render(checklist: Checklist): RenderedGroup {
  return renderGroup([...checklist.items.values()], checklist.version);
}

let clock = 0;

function click(
  rendered: RenderedGroup,
  person: string,
  selected: readonly string[],
  order: number = (clock += 1),
): Click {
  return { rendered, person, selected, order };
}

function after(checklist: Checklist, made: Click): Checklist {
  const { changes } = applyTick(checklist.items, made, RECURRING);
  return commitTick(checklist, changes, made, new Date(START.getTime() + made.order * 1000), RECURRING);
}

function done(checklist: Checklist): string[] {
  return [...checklist.items.values()]
    .filter((item) => item.state === 'done')
    .map((item) => `${item.stepId} by ${item.by}`);
}

describe('a click', () => {
  it('ticks and unticks what the person saw', () => {
    const ticked = after(fresh(), click(render(fresh()), 'ana', ['a', 'b']));
    expect(done(ticked)).toEqual(['a by ana', 'b by ana']);
    expect(done(after(ticked, click(render(ticked), 'bo', ['a'])))).toEqual(['a by ana']);
  });

  it('keeps the ticks of others when its selection is stale', () => {
    const seen = render(fresh());
    const others = after(fresh(), click(seen, 'ana', ['a']));
    expect(done(after(others, click(seen, 'bo', ['b'])))).toEqual(['a by ana', 'b by bo']);
  });

  it('tells the second who ticks the same', () => {
    const seen = render(fresh());
    const first = after(fresh(), click(seen, 'ana', ['a']));
    const second = applyTick(first.items, click(seen, 'bo', ['a']), RECURRING);
    expect(second).toMatchObject({
      changes: [],
      conflicts: [{ stepId: 'a', wanted: 'done', item: { by: 'ana' } }],
    });
  });

  it('does not tick again what another person reopened meanwhile', () => {
    const seen = render(fresh());
    const mine = after(fresh(), click(seen, 'ana', ['a']));
    const reopened = after(mine, click(render(mine), 'bo', []));
    const result = applyTick(reopened.items, click(seen, 'ana', ['a', 'b']), RECURRING);
    expect(result).toMatchObject({
      changes: [{ stepId: 'b', to: 'done' }],
      conflicts: [{ stepId: 'a', item: { by: 'bo' } }],
    });
  });

  it('does not untick a tick that another person set anew meanwhile', () => {
    const first = after(fresh(), click(render(fresh()), 'ana', ['a']));
    const seen = render(first);
    const reopened = after(first, click(seen, 'bo', []));
    const again = after(reopened, click(render(reopened), 'cy', ['a']));
    expect(applyTick(again.items, click(seen, 'ana', []), RECURRING)).toMatchObject({
      changes: [],
      conflicts: [{ stepId: 'a' }],
    });
  });

  it('builds on the own earlier click on the same rendering: a second tick, then taking back the first', () => {
    const seen = render(fresh());
    const one = after(fresh(), click(seen, 'ana', ['a']));
    const two = after(one, click(seen, 'ana', ['a', 'b']));
    expect(done(two)).toEqual(['a by ana', 'b by ana']);
    expect(done(after(two, click(seen, 'ana', ['b'])))).toEqual(['b by ana']);
  });

  it('does nothing when it is delivered twice or late', () => {
    const seen = render(fresh());
    const first = click(seen, 'ana', ['a'], 1);
    const second = click(seen, 'ana', ['a', 'b'], 2);
    const inOrder = after(after(fresh(), first), second);
    expect(applyTick(inOrder.items, first, RECURRING).changes).toEqual([]);
    expect(applyTick(inOrder.items, second, RECURRING).changes).toEqual([]);
    expect(done(after(after(fresh(), second), first))).toEqual(['a by ana', 'b by ana']);
  });

  it('ignores steps that are not of the group or not of the checklist', () => {
    const rendered: RenderedGroup = { version: 0, boxes: new Map([['gone', 'unchecked']]) };
    expect(applyTick(fresh().items, click(rendered, 'ana', ['gone', 'a']), RECURRING)).toEqual({
      changes: [],
      conflicts: [],
    });
  });

  it('counts a recurring step once a rendering, and leaves it open', () => {
    const seen = render(fresh());
    const first = click(seen, 'ana', ['r'], 60);
    const one = after(fresh(), first);
    expect(one.items.get('r')).toMatchObject({
      state: 'open',
      lastDoneAt: new Date(START.getTime() + 60_000),
      by: 'ana',
    });
    expect(
      applyTick(one.items, click(seen, 'ana', ['r', 'b'], 61), RECURRING).changes.map(({ stepId }) => stepId),
    ).toEqual(['b']);
    expect(applyTick(one.items, click(seen, 'bo', ['r'], 62), RECURRING)).toMatchObject({
      changes: [],
      conflicts: [{ stepId: 'r' }],
    });
    const two = after(one, click(render(one), 'bo', ['r'], 90));
    expect(two.items.get('r')).toMatchObject({ lastDoneAt: new Date(START.getTime() + 90_000), by: 'bo' });
  });
});

describe('a skip', () => {
  const skip = (
    checklist: Checklist,
    stepId: string,
    reason: 'not-needed' | null,
  ): ReturnType<typeof applySkip> =>
    applySkip(checklist, { stepId, reason, person: 'ana', seenVersion: checklist.version, at: START });

  it('takes the step out of the boxes and can be put back', () => {
    const skipped = skip(fresh(), 'a', 'not-needed');
    if (!skipped.ok) throw new Error(skipped.error.message);
    expect(skipped.value.items.get('a')).toMatchObject({
      state: 'skipped',
      skipReason: 'not-needed',
      by: 'ana',
      version: 1,
    });
    expect([...render(skipped.value).boxes.keys()]).toEqual(['b', 'c', 'r']);
    expect(skip(skipped.value, 'a', null)).toMatchObject({ ok: true, value: { version: 2 } });
  });

  it('is not undone by a stale tick', () => {
    const seen = render(fresh());
    const skipped = skip(fresh(), 'a', 'not-needed');
    if (!skipped.ok) throw new Error(skipped.error.message);
    expect(applyTick(skipped.value.items, click(seen, 'bo', ['a']), RECURRING)).toMatchObject({
      changes: [],
      conflicts: [{ stepId: 'a' }],
    });
  });

  it('refuses what is done, unknown or changed since', () => {
    const ticked = after(fresh(), click(render(fresh()), 'ana', ['a']));
    expect(skip(ticked, 'a', 'not-needed')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('already done') },
    });
    expect(skip(ticked, 'x', 'not-needed')).toMatchObject({ ok: false, error: { item: null } });
    const stale = applySkip(ticked, {
      stepId: 'a',
      reason: 'not-needed',
      person: 'bo',
      seenVersion: 0,
      at: START,
    });
    expect(stale).toMatchObject({ ok: false, error: { item: { by: 'ana' } } });
  });
});

describe('a block id', () => {
  const address = { checklistId: '0b9f8f0e-6a3b-4b34-9d3c-7f2f8f0a1c11', phase: 2, group: 1 };

  it('carries what was rendered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('checked' as const, 'unchecked' as const, null), {
          minLength: 1,
          maxLength: 10,
        }),
        fc.nat({ max: 999_999_999 }),
        (marks, version) => {
          const steps = marks.map((_, index) => `step-${index}`);
          const boxes = new Map(
            marks.flatMap((mark, index) => (mark === null ? [] : [[`step-${index}`, mark] as const])),
          );
          const id = groupBlockId(address, steps, { version, boxes });
          expect(id.length).toBeLessThanOrEqual(255);
          expect(parseGroupBlockId(id, () => steps)).toEqual({ address, rendered: { version, boxes } });
        },
      ),
    );
  });

  it.each(['card:1', 'tick:c1:0:0:1:', 'tick:c1:0:0:1:01', 'tick:c1:0:0:x:010', 'tick:c1:0:0:1:012'])(
    'is nothing else: %s',
    (id) => {
      expect(parseGroupBlockId(id, () => ['a', 'b', 'c'])).toBeNull();
    },
  );
});

describe('any mix of people, renderings and deliveries', () => {
  interface Act {
    readonly person: string;
    /** How many renderings ago the message on their screen is. */
    readonly age: number;
    /** The boxes they toggle on their screen. */
    readonly toggles: readonly string[];
    readonly repeat: boolean;
  }

  const act: fc.Arbitrary<Act> = fc.record({
    person: fc.constantFrom('ana', 'bo', 'cy'),
    age: fc.nat({ max: 4 }),
    toggles: fc.subarray(['a', 'b', 'c'], { minLength: 1, maxLength: 2 }),
    repeat: fc.boolean(),
  });

  function toggled(rendered: RenderedGroup, toggles: readonly string[]): string[] {
    return STEPS.filter((id) => (rendered.boxes.get(id) === 'checked') !== toggles.includes(id));
  }

  /** Changes that the person's screen did not show to them, or that somebody made after it was drawn, stay. */
  function assertOnlyMeant(before: ChecklistItem, made: Click): void {
    const shown = made.rendered.boxes.get(before.stepId) === 'checked' ? 'done' : 'open';
    const isOwn = before.by === made.person && before.fromVersion === made.rendered.version;
    expect(isOwn || (before.version <= made.rendered.version && before.state === shown)).toBe(true);
  }

  it('never undoes what another person did after the message was drawn', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let checklist = fresh();
        const drawn = [render(checklist)];
        for (const [index, { person, age, toggles, repeat }] of acts.entries()) {
          const rendered = drawn.at(-1 - age) ?? render(fresh());
          const made = click(rendered, person, toggled(rendered, toggles), index + 1);
          for (const { stepId, expectedVersion } of applyTick(checklist.items, made, RECURRING).changes) {
            const before = checklist.items.get(stepId);
            expect(before?.version).toBe(expectedVersion);
            if (before !== undefined) assertOnlyMeant(before, made);
          }
          checklist = after(checklist, made);
          expect(repeat ? after(checklist, made) : checklist).toBe(checklist);
          drawn.push(render(checklist));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives one state for clicks on different steps of one rendering, in any order', () => {
    const people = ['ana', 'bo', 'cy'];
    const byStep = fc.record({
      a: fc.constantFrom(...people),
      b: fc.constantFrom(...people),
      c: fc.constantFrom(...people),
    });
    fc.assert(
      fc.property(
        byStep,
        fc.subarray(['a', 'b', 'c']),
        fc.shuffledSubarray(people, { minLength: 3 }),
        (owner, before, order) => {
          const start = after(fresh(), click(render(fresh()), 'dee', before, 0));
          const seen = render(start);
          const clickOf = (person: string): Click =>
            click(
              seen,
              person,
              toggled(
                seen,
                STEPS.filter((id) => new Map(Object.entries(owner)).get(id) === person),
              ),
              1,
            );
          const run = (sequence: readonly string[]): unknown =>
            [...sequence.reduce((state, person) => after(state, clickOf(person)), start).items.values()].map(
              ({ stepId, state, by }) => [stepId, state, by],
            );
          expect(run(order)).toEqual(run(people));
        },
      ),
    );
  });
});
