import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { DESCRIPTIONS } from '../../../src/descriptions.ts';
import { describeEntry } from '../../../src/log/describe-entry.ts';

const src = new URL('../../../src/', import.meta.url);

/** Kinds of log rows as the code writes them: `kind: 'x.y'`, and the states of executions. */
async function writtenKinds(): Promise<readonly string[]> {
  const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const kinds = new Set<string>();
  for (const name of files) {
    const text = await readFile(new URL(name, src), 'utf8');
    const quoted =
      /'((?:incident|alerts?|action|approval|break-glass|access|step|checklist|rca)\.[a-z_-]+)'/g;
    const inLog = name.includes('transition') || text.includes('appendLog');
    if (!inLog || name.startsWith('slack/listeners')) continue;
    for (const [, kind] of text.matchAll(quoted)) if (kind !== undefined) kinds.add(kind);
  }
  return [...kinds].toSorted();
}

/** A draft is never written to the log; counts of refused deliveries belong to no incident. */
const UNTOLD = new Set(['action.drafted', 'alert.refused']);

it('has a sentence for every kind of row that is written, complete and without holes', async () => {
  const kinds = await writtenKinds();
  expect(kinds.length).toBeGreaterThan(25);
  const known = new Set(DESCRIPTIONS.flatMap((registry) => Object.keys(registry)));
  expect(kinds.filter((kind) => !known.has(kind) && !UNTOLD.has(kind))).toEqual([]);
});

it('tells each kind once, and never throws for a row without fields', () => {
  const kinds = DESCRIPTIONS.flatMap((registry) => Object.keys(registry));
  expect(new Set(kinds).size).toBe(kinds.length);
  for (const kind of kinds) {
    const entry = {
      seq: 1,
      at: new Date(0),
      incidentId: 'i',
      kind,
      actor: { kind: 'person' as const, teamId: 'T', userId: 'U0ANA' },
      data: {},
      texts: new Map<string, string | null>(),
    };
    const sentence = describeEntry(DESCRIPTIONS, entry, { person: () => 'Ana', text: (text) => text });
    expect(sentence ?? '').not.toMatch(/undefined|NaN|\[object/);
  }
});
