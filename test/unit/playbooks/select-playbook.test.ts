import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Playbook, PlaybookScope } from '../../../src/checklists/playbook/model.ts';
import { selectPlaybook } from '../../../src/checklists/playbook/select-playbook.ts';
import type { PlaybookOccasion } from '../../../src/checklists/playbook/select-playbook.ts';

const ANY: PlaybookScope = { occasion: 'incident', severity: [], service: [], alert: [], alongside: false };

function playbook(
  file: string,
  scope: Partial<PlaybookScope>,
  origin: Playbook['origin'] = 'shipped',
): Playbook {
  return {
    id: file.replace('.md', ''),
    title: file,
    origin,
    file,
    contentHash: '',
    text: '',
    appliesTo: { ...ANY, ...scope },
    phases: [],
  };
}

const P0_DOWN: PlaybookOccasion = {
  occasion: 'incident',
  severity: 'P0',
  service: 'shop',
  alerts: ['ServiceDown', 'Other'],
};

function chosen(playbooks: readonly Playbook[], occasion: PlaybookOccasion = P0_DOWN): string | undefined {
  return selectPlaybook(playbooks, occasion).playbook?.file;
}

describe('selectPlaybook', () => {
  const bySeverity = playbook('p0.md', { severity: ['P0'] });

  it.each([
    ['its severity', 'p0.md', { severity: ['P0'] }, 'any.md', { severity: ['P0', 'P1', 'P2', 'P3'] }],
    ['a service before a severity', 'shop.md', { service: ['shop'] }, 'p0.md', { severity: ['P0'] }],
    ['an alert before a service', 'down.md', { alert: ['ServiceDown'] }, 'shop.md', { service: ['shop'] }],
    [
      'a name before a pattern',
      'down.md',
      { alert: ['servicedown'] },
      'star.md',
      { alert: ['*Down'], service: ['shop'] },
    ],
    [
      'both before one',
      'both.md',
      { alert: ['ServiceDown'], service: ['shop'] },
      'down.md',
      { alert: ['ServiceDown'] },
    ],
    ['the file name when they are alike', 'a.md', { severity: ['P0'] }, 'b.md', { severity: ['P0'] }],
  ] as const)('prefers %s', (_what, better, betterScope, worse, worseScope) => {
    const two = [playbook(worse, worseScope), playbook(better, betterScope)];
    expect(chosen(two)).toBe(better);
    expect(chosen(two.toReversed())).toBe(better);
  });

  it("prefers the team's folder, however unspecific", () => {
    const team = playbook('ours.md', { severity: ['P0', 'P1', 'P2', 'P3'] }, 'team');
    const choice = selectPlaybook([playbook('down.md', { alert: ['ServiceDown'] }), team], P0_DOWN);
    expect(choice.playbook).toBe(team);
    expect(choice.reason).toBe(
      'ours.md (of the team folder) matches P0; the team folder comes before the shipped down.md.',
    );
  });

  it.each([
    ['another severity', { severity: ['P1'] }],
    ['another service', { service: ['billing'] }],
    ['another alert', { alert: ['DiskFull', 'Service', '*Downs', 'x*Down'] }],
    ['one of two conditions unmet', { severity: ['P0'], alert: ['DiskFull'] }],
    ['maintenance', { occasion: 'maintenance' }],
    ['nothing said', {}],
  ] as const)('leaves out a playbook for %s', (_what, scope) => {
    expect(chosen([playbook('x.md', scope)])).toBeUndefined();
  });

  it('opens those that stand alongside beside the chosen one', () => {
    const beside = playbook('down.md', { alert: ['*Down'], alongside: true });
    const choice = selectPlaybook([beside, bySeverity], P0_DOWN);
    expect([choice.playbook?.file, choice.alongside.map(({ file }) => file)]).toEqual(['p0.md', ['down.md']]);
  });

  it('replaces a shipped file by the one of the same name', () => {
    const ours = playbook('down.md', { alert: ['DiskFull'], alongside: true }, 'team');
    const shipped = playbook('down.md', { alert: ['ServiceDown'], alongside: true });
    const choice = selectPlaybook([ours, shipped, bySeverity], P0_DOWN);
    expect(choice.alongside).toEqual([]);
    expect(
      choice.considered.find(({ origin, file }) => origin === 'shipped' && file === 'down.md')?.finding,
    ).toMatch(/replaced/);
  });

  it('says why, and why not', () => {
    const choice = selectPlaybook([bySeverity, playbook('p1.md', { severity: ['P1'] })], P0_DOWN);
    expect(choice.reason).toBe('p0.md (shipped with Tocsin) matches P0; no other applies.');
    expect(choice.considered.map(({ finding }) => finding)).toEqual(['matches P0', 'is for P1']);
    expect(selectPlaybook([], P0_DOWN)).toMatchObject({ playbook: null, reason: 'No playbook applies.' });
  });

  it('finds the one for maintenance', () => {
    const all = [bySeverity, playbook('m.md', { occasion: 'maintenance' })];
    expect(chosen(all, { occasion: 'maintenance', service: null })).toBe('m.md');
  });

  it('does not depend on the order in which files were read', () => {
    const scope = fc.record({
      severity: fc.subarray(['P0', 'P1'] as const),
      service: fc.subarray(['shop', 'sh*']),
      alert: fc.subarray(['ServiceDown', '*Down', '*']),
      alongside: fc.boolean(),
    });
    const books = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        scope,
        origin: fc.constantFrom('team' as const, 'shipped' as const),
      }),
      { selector: ({ name, origin }) => name + origin },
    );
    fc.assert(
      fc.property(books, fc.infiniteStream(fc.nat()), (entries, random) => {
        const all = entries.map((each) => playbook(`${each.name}.md`, each.scope, each.origin));
        const shuffled = all
          .map((each) => ({ each, key: random.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const one = selectPlaybook(all, P0_DOWN);
        const two = selectPlaybook(shuffled, P0_DOWN);
        expect([two.playbook, two.alongside, two.reason]).toEqual([one.playbook, one.alongside, one.reason]);
      }),
    );
  });

  it('is quick with a hostile pattern and name', () => {
    const hostile = playbook('x.md', { alert: [`${'*a'.repeat(45)}*b`] });
    const begun = performance.now();
    expect(chosen([hostile], { ...P0_DOWN, alerts: ['a'.repeat(50_000)] })).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
