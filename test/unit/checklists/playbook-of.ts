import type { Playbook } from '../../../src/checklists/playbook/model.ts';
import { parsePlaybook } from '../../../src/checklists/playbook/parse-playbook.ts';

/** A playbook from its Markdown; throws with its problems. */
export function playbookOf(text: string): Playbook {
  const { playbook, problems } = parsePlaybook({ file: 'p0-test.md', origin: 'team', text });
  if (playbook === null) throw new Error(JSON.stringify(problems));
  return playbook;
}
