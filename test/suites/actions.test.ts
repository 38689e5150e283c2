import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/errors.ts';
import { loadActions } from '../../src/executions/load-actions.ts';
import { observation, observe, SERVICE } from '../unit/executions/observation.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'src', 'actions');
const actions = await loadActions();
const stamp = '2026-11-22T03:00:00.000Z';

it('covers every file of the folder', async () => {
  const files = (await readdir(FOLDER)).map((name) => name.replace(/\.ts$/, ''));
  expect([...actions.keys()].sort()).toEqual(files.sort());
});

/** What holds for every action; the target is a deployment until an action has another kind. */
describe.each([...actions.values()])('the action $id', (action) => {
  it('says in words what it does', () => {
    expect(action.title).toMatch(/^[A-Z][\w ]{1,20}$/);
    expect(action.summary).toMatch(/^[A-Z].{10,150}\.$/);
  });

  it('has parameters that a modal can show, each with a title, and refuses others', () => {
    expect(action.paramsSchema).toMatchObject({ type: 'object', additionalProperties: false });
    const properties = Object.values(action.paramsSchema['properties'] ?? {});
    for (const property of properties) expect(property).toMatchObject({ title: expect.any(String) });
    expect(() => action.bind(SERVICE, { 'no-such-parameter': 1 })).toThrow(CodedError);
  });

  it('observes without changing: the same state gives the same target, spec and plan', async () => {
    const one = await observe(action, observation());
    const other = await observe(action, observation());
    expect([one.target, one.spec, one.plan()]).toEqual([other.target, other.spec, other.plan()]);
    expect(one.target).toMatch(/^[a-z]+:\S+$/);
  });

  it('plans completely: before, after, what it touches, outage, way back, command', async () => {
    const answer = (await observe(action, observation())).plan();
    if (!answer.ok) throw new Error(answer.reason);
    const { plan } = answer;
    expect(plan.title).toContain(SERVICE.name);
    expect(plan.title).toContain(SERVICE.environment);
    expect(plan.before.length).toBeGreaterThan(0);
    expect(plan.after.length).toBeGreaterThan(0);
    for (const text of [plan.blastRadius, plan.expectedOutage, plan.undo]) expect(text).toMatch(/\S.*\.$/);
    expect(plan.reversible || plan.undo.includes('because')).toBe(true);
    expect(plan.command).toMatch(/^\S/);
    expect(action.bind(SERVICE, {}).manualCommand).toMatch(/^\S/);
  });

  it('binds an approval to the specification and not to the status', async () => {
    const { replicas } = observation();
    const calm = await observe(action, observation());
    const looping = await observe(
      action,
      observation({ replicas: { ...replicas, ready: 0, available: 0 }, resourceVersion: '99' }),
    );
    const changed = await observe(action, observation({ images: ['web=shop/checkout:9.9.9'] }));
    expect(looping.spec).toEqual(calm.spec);
    expect(changed.spec).not.toEqual(calm.spec);
  });

  it('writes the same thing when it is called again with the same stamp', async () => {
    const observed = await observe(action, observation());
    expect(observed.isApplied(stamp)).toBe(false);
    const calls: unknown[] = [];
    const cluster = {
      restartDeployment: async (...call: readonly unknown[]) => {
        calls.push(call);
        return observation();
      },
    };
    await observed.execute({ cluster }, stamp);
    await observed.execute({ cluster }, stamp);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toEqual(calls[1]);
  });
});
