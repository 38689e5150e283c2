import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { LARGEST_PLAYBOOK_BYTES } from '../checklists/playbook/check-text.ts';
import { checkFileName, nameTwins } from '../checklists/playbook/file-name.ts';
import { lintPlaybook } from '../checklists/playbook/lint-playbook.ts';
import type { KnownIds } from '../checklists/playbook/lint-playbook.ts';
import type { Playbook, PlaybookOrigin, PlaybookProblem } from '../checklists/playbook/model.ts';
import { parsePlaybook } from '../checklists/playbook/parse-playbook.ts';

export interface PlaybookFolders {
  readonly shipped: string;
  /** The setting TOCSIN_PLAYBOOKS; null without one. */
  readonly team: string | null;
}

export interface LoadedPlaybooks {
  /** Those without an error, the team's first, each folder by file name. */
  readonly playbooks: readonly Playbook[];
  /** Of all files together. */
  readonly problems: readonly PlaybookProblem[];
}

type FileText = { readonly text: string } | { readonly problem: string };

const MOST_FILES = 200;

/** Reads both folders once, at boot. A broken file is left out and named; it never hides the problems of the next. */
export async function loadPlaybooks(folders: PlaybookFolders, known: KnownIds): Promise<LoadedPlaybooks> {
  const team = folders.team === null ? NOTHING : await loadPlaybookFolder(folders.team, 'team', known);
  const shipped = await loadPlaybookFolder(folders.shipped, 'shipped', known);
  return {
    playbooks: [...team.playbooks, ...shipped.playbooks],
    problems: [...team.problems, ...shipped.problems],
  };
}

const NOTHING: LoadedPlaybooks = { playbooks: [], problems: [] };

/**
 * Reads the `.md` files directly in one folder, except README.md and names that begin with a dot. A link is followed only
 * to a file inside the folder, as a mounted ConfigMap has it. Problems name the file with its folder's path.
 */
export async function loadPlaybookFolder(
  folder: string,
  origin: PlaybookOrigin,
  known: KnownIds,
): Promise<LoadedPlaybooks> {
  const problems: PlaybookProblem[] = [];
  const refuse = (name: string, message: string): void => {
    problems.push({ level: 'error', file: path.join(folder, name), line: 0, message });
  };
  const names = await listNames(folder, refuse);
  const playbooks: Playbook[] = [];
  for (const name of names) {
    const loaded = await loadPlaybookFile(folder, name, origin, known);
    playbooks.push(...loaded.playbooks);
    problems.push(...loaded.problems);
  }
  return { playbooks, problems };
}

/** Reads one file that lies directly in the folder; its name is checked first. */
export async function loadPlaybookFile(
  folder: string,
  name: string,
  origin: PlaybookOrigin,
  known: KnownIds,
): Promise<LoadedPlaybooks> {
  const file = path.join(folder, name.slice(0, 120));
  const nameProblem = checkFileName(name);
  const read = nameProblem === null ? await readInside(folder, name) : { problem: nameProblem };
  if ('problem' in read)
    return { playbooks: [], problems: [{ level: 'error', file, line: 0, message: read.problem }] };
  const { playbook, problems } = parsePlaybook({ file: name, origin, text: read.text });
  const found = [...problems, ...(playbook === null ? [] : lintPlaybook(playbook, known))];
  const isSound = playbook !== null && !found.some((problem) => problem.level === 'error');
  return {
    playbooks: isSound ? [playbook] : [],
    problems: found.map((problem) => ({ ...problem, file })),
  };
}

async function listNames(folder: string, refuse: (name: string, message: string) => void): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    refuse('', `the folder cannot be read: ${reason(error)}`);
    return [];
  }
  const files = names
    .filter((name) => !name.startsWith('.') && /\.md$/i.test(name) && !/^readme\.md$/i.test(name))
    .sort();
  if (files.length > MOST_FILES) {
    refuse('', `there are ${files.length} playbooks; at most ${MOST_FILES} are read from a folder`);
    return [];
  }
  const twins = nameTwins(files).flatMap((group) => {
    for (const name of group) refuse(name, `${group.join(' and ')} have the same id; rename one`);
    return group;
  });
  return files.filter((name) => !twins.includes(name));
}

/** Opens the resolved path without following another link and without waiting on a pipe, then checks what was opened. */
async function readInside(folder: string, name: string): Promise<FileText> {
  try {
    const root = await realpath(folder);
    const real = await realpath(path.join(root, name));
    if (!real.startsWith(root + path.sep))
      return { problem: 'this is a link out of the folder; it is not read' };
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await readChecked(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    return {
      problem:
        error instanceof TypeError ? 'this is not UTF-8 text' : `the file cannot be read: ${reason(error)}`,
    };
  }
}

async function readChecked(file: FileHandle): Promise<FileText> {
  const status = await file.stat();
  if (!status.isFile()) return { problem: 'this is not a file' };
  if (status.size > LARGEST_PLAYBOOK_BYTES)
    return {
      problem: `the file has ${status.size} bytes; at most ${LARGEST_PLAYBOOK_BYTES} (256 KiB) are read`,
    };
  return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.readFile()) };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
