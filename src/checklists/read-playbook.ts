import type { Queryable } from '../db/database.ts';
import type { StoredChecklist } from './model.ts';
import type { Playbook } from './playbook/model.ts';
import { parsePlaybook } from './playbook/parse-playbook.ts';
import { readPlaybookText } from './store.ts';

/** Parsed texts by hash and file name; texts never change, so nothing here goes stale. */
const parsed = new Map<string, Playbook>();
/** Far more than are in use at a time; 256 KiB of text each at most. */
const MOST_KEPT = 100;

/**
 * The playbook that a checklist stands on, from the text stored with it: a file that changed since, or another version
 * of it on another replica, changes nothing.
 * @throws Error when this version cannot read the stored text any more
 */
export async function readPlaybook(
  db: Queryable,
  checklist: Pick<StoredChecklist, 'playbookHash' | 'playbookFile' | 'playbookOrigin'>,
): Promise<Playbook> {
  const key = `${checklist.playbookHash}:${checklist.playbookOrigin}:${checklist.playbookFile}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const text = await readPlaybookText(db, checklist.playbookHash);
  const source = { file: checklist.playbookFile, origin: checklist.playbookOrigin, text: text ?? '' };
  const { playbook } = parsePlaybook(source);
  if (playbook === null) throw new Error(`the stored playbook ${key} cannot be read`);
  if (parsed.size >= MOST_KEPT) parsed.clear();
  parsed.set(key, playbook);
  return playbook;
}
