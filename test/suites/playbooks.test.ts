import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlaybookFolder, loadPlaybooks } from '../../src/config/load-playbooks.ts';
import { selectPlaybook } from '../../src/checklists/playbook/select-playbook.ts';

// The contract of every file in playbooks/: a new one is under test before its author writes a test.
const FOLDER = path.join(import.meta.dirname, '../../playbooks');
const KNOWN = { actions: await idsIn('actions'), diagnostics: await idsIn('diagnostics') };
const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.md')).sort();
const loaded = await loadPlaybookFolder(FOLDER, 'shipped', KNOWN);

/** File name = id, for actions and diagnostics alike. */
async function idsIn(kind: string): Promise<string[]> {
  const names = await readdir(path.join(import.meta.dirname, '../../src'), { recursive: true });
  return names
    .filter((name) => path.dirname(name) === kind && name.endsWith('.ts'))
    .map((name) => path.basename(name, '.ts'));
}

describe.each(files)('%s', (file) => {
  const playbook = loaded.playbooks.find((each) => each.file === file);
  const steps = playbook?.phases.flatMap((phase) => phase.steps) ?? [];

  it('loads without a problem', () => {
    expect(loaded.problems.filter((problem) => path.basename(problem.file) === file)).toEqual([]);
    expect(playbook).toBeDefined();
  });

  it('names its steps once, each by an id that the author gave', () => {
    expect(steps.length).toBeGreaterThan(0);
    expect(new Set(steps.map((step) => step.id)).size).toBe(steps.length);
    expect(playbook?.text).toSatisfy((text: string) => steps.every((step) => text.includes(`id:${step.id}`)));
  });

  it('fits in a box of Slack and in one group of boxes a phase', () => {
    for (const step of steps) expect([step.text, step.text.length <= 75]).toEqual([step.text, true]);
    for (const phase of playbook?.phases ?? []) expect(phase.steps.length).toBeLessThanOrEqual(10);
  });

  it('says when it applies', () => {
    const scope = playbook?.appliesTo;
    const named = [...(scope?.severity ?? []), ...(scope?.service ?? []), ...(scope?.alert ?? [])];
    expect(scope?.occasion === 'maintenance' || named.length > 0).toBe(true);
  });
});

describe('the shipped folder', () => {
  it.each(['P0', 'P1', 'P2', 'P3'] as const)('has a checklist for %s', (severity) => {
    const choice = selectPlaybook(loaded.playbooks, {
      occasion: 'incident',
      severity,
      service: null,
      alerts: ['Anything'],
    });
    expect(choice.playbook?.file).toBe(`${severity.toLowerCase()}.md`);
    expect(choice.alongside).toEqual([]);
  });

  it('has a checklist for maintenance', () => {
    expect(selectPlaybook(loaded.playbooks, { occasion: 'maintenance', service: null }).playbook?.file).toBe(
      'maintenance.md',
    );
  });

  it('keeps the pace of updates that each severity asks for', () => {
    const every = (id: string): (number | null)[] =>
      loaded.playbooks
        .filter((each) => each.id === id)
        .flatMap((each) => each.phases.flatMap((phase) => phase.steps.map((step) => step.recursEveryMinutes)))
        .filter((minutes) => minutes !== null);
    expect({ p0: every('p0'), p1: every('p1'), p2: every('p2') }).toEqual({ p0: [15], p1: [60], p2: [240] });
  });

  it("gives way to a team's own folder", async () => {
    const team = path.join(import.meta.dirname, '../fixtures/playbooks');
    const { playbooks, problems } = await loadPlaybooks({ shipped: FOLDER, team }, KNOWN);
    expect(problems).toEqual([]);
    const choice = selectPlaybook(playbooks, {
      occasion: 'incident',
      severity: 'P0',
      service: null,
      alerts: [],
    });
    expect(choice.playbook?.file).toBe('p0-response.md');
  });
});
