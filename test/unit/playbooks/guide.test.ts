import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { lintPlaybook } from '../../../src/checklists/playbook/lint-playbook.ts';
import { parsePlaybook } from '../../../src/checklists/playbook/parse-playbook.ts';

it('the example of the guide is a playbook without a problem', async () => {
  const guide = await readFile(path.join(import.meta.dirname, '../../../docs/guides/playbooks.md'), 'utf8');
  const text = /```markdown\n(.*?)```/s.exec(guide)?.[1] ?? '';
  const { playbook, problems } = parsePlaybook({ file: 'shop.md', origin: 'team', text });
  expect(problems).toEqual([]);
  expect(playbook?.phases.map(({ title, steps }) => [title, steps.length])).toEqual([
    ['Immediate actions', 2],
    ['Mitigation', 2],
    ['Communication', 1],
  ]);
  expect(
    playbook === null ? null : lintPlaybook(playbook, { actions: ['restart'], diagnostics: [] }),
  ).toEqual([]);
});
