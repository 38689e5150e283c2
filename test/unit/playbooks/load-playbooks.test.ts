import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPlaybookFile, loadPlaybookFolder, loadPlaybooks } from '../../../src/config/load-playbooks.ts';
import { checkFileName } from '../../../src/checklists/playbook/file-name.ts';

const KNOWN = { actions: ['restart'], diagnostics: [] };
const GOOD = '# A\n## Do (0-5 minutes)\n- [ ] a\n';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'playbooks-'));
  folder = path.join(root, 'team');
  await mkdir(folder);
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function put(name: string, content: string | Uint8Array = GOOD): Promise<void> {
  await writeFile(path.join(folder, name), content);
}

async function load(): Promise<{ files: string[]; problems: string[] }> {
  const { playbooks, problems } = await loadPlaybookFolder(folder, 'team', KNOWN);
  return {
    files: playbooks.map(({ file }) => file),
    problems: problems.map(
      ({ level, file, line, message }) => `${level} ${path.relative(folder, file)}:${line} ${message}`,
    ),
  };
}

describe('loadPlaybookFolder', () => {
  it('reads the Markdown files of a folder and leaves other things alone', async () => {
    await put('p1-b.md');
    await put('p0-a.md');
    await put('README.md', 'about this folder');
    await put('.hidden.md', 'x');
    await put('notes.txt', 'x');
    await mkdir(path.join(folder, 'templates'));
    expect(await load()).toEqual({ files: ['p0-a.md', 'p1-b.md'], problems: [] });
  });

  it('names all problems of all files at once, and leaves out only the files in error', async () => {
    await put('p0-a.md', `${GOOD}- [ ] [Go](action:fly)\n- [ ] b \`owner:B@d\`\n`);
    await put('p1-b.md', 'no steps');
    await put('p2-c.md', `${GOOD}- [ ] [x](y.md)\n`);
    const { files, problems } = await load();
    expect(files).toEqual(['p2-c.md']);
    expect(problems).toEqual([
      expect.stringMatching(/^error p0-a.md:5 "owner:B@d"/),
      expect.stringMatching(/^error p0-a.md:4 there is no action "fly"; known are restart$/),
      expect.stringMatching(/^error p1-b.md:0 there are no steps/),
      expect.stringMatching(/^warning p2-c.md:4 "y.md"/),
    ]);
  });

  it('says that a folder is missing', async () => {
    await rm(folder, { recursive: true });
    expect((await load()).problems).toEqual([
      expect.stringMatching(/^error :0 the folder cannot be read: ENOENT/),
    ]);
  });

  it('refuses names that only differ by case', async () => {
    await put('P0.md');
    await put('p0.md');
    await put('p1.md');
    const { files, problems } = await load();
    expect(files).toEqual(['p1.md']);
    expect(problems).toEqual([
      expect.stringContaining('P0.md and p0.md'),
      expect.stringContaining('P0.md and p0.md'),
    ]);
  });

  it('refuses a link out of the folder, and follows one inside as a mounted ConfigMap has it', async () => {
    await writeFile(path.join(root, 'secret.md'), GOOD);
    await symlink(path.join(root, 'secret.md'), path.join(folder, 'p0-out.md'));
    await mkdir(path.join(folder, '..2026'));
    await writeFile(path.join(folder, '..2026', 'p1-in.md'), GOOD);
    await symlink('..2026', path.join(folder, '..data'));
    await symlink(path.join('..data', 'p1-in.md'), path.join(folder, 'p1-in.md'));
    expect(await load()).toEqual({
      files: ['p1-in.md'],
      problems: ['error p0-out.md:0 this is a link out of the folder; it is not read'],
    });
  });

  it('refuses a link to a neighbour whose name begins alike', async () => {
    await mkdir(`${folder}-2`);
    await writeFile(path.join(`${folder}-2`, 'p0.md'), GOOD);
    await symlink(path.join(`${folder}-2`, 'p0.md'), path.join(folder, 'p0.md'));
    expect((await load()).files).toEqual([]);
  });

  it('does not wait on a pipe nor read a folder', async () => {
    await promisify(execFile)('mkfifo', [path.join(folder, 'p0.md')]);
    await mkdir(path.join(folder, 'p1.md'));
    expect(await load()).toEqual({
      files: [],
      problems: ['error p0.md:0 this is not a file', 'error p1.md:0 this is not a file'],
    });
  });

  it('refuses what is too large or no UTF-8', async () => {
    await put('p0.md', `${GOOD}${'x'.repeat(256 * 1024)}`);
    await put('p1.md', Uint8Array.from([0x2d, 0xff, 0xfe]));
    expect((await load()).problems).toEqual([
      expect.stringMatching(/^error p0.md:0 the file has \d+ bytes; at most 262144/),
      'error p1.md:0 this is not UTF-8 text',
    ]);
  });

  it('refuses too many files', async () => {
    await Promise.all(Array.from({ length: 201 }, (_, index) => put(`p0-${index}.md`)));
    expect((await load()).problems).toEqual([
      expect.stringContaining('there are 201 playbooks; at most 200'),
    ]);
  });
});

describe('loadPlaybookFile', () => {
  it.each([
    '../secret.md',
    '/etc/passwd.md',
    'a/b.md',
    'a\0.md',
    '%2e%2e%2fsecret.md',
    `${'x'.repeat(300)}.md`,
    '..md',
    '.md',
    'ä.md',
    'p0.txt',
  ])('reads nothing under the name %j', async (name) => {
    await writeFile(path.join(root, 'secret.md'), GOOD);
    expect(checkFileName(name)).not.toBeNull();
    const { playbooks, problems } = await loadPlaybookFile(folder, name, 'team', KNOWN);
    expect([playbooks, problems.length]).toEqual([[], 1]);
  });
});

describe('loadPlaybooks', () => {
  it('puts the team first and can do without', async () => {
    await put('p0-ours.md');
    const shipped = path.join(import.meta.dirname, '../../../playbooks');
    const both = await loadPlaybooks({ shipped, team: folder }, KNOWN);
    expect(both.playbooks.map(({ origin }) => origin).lastIndexOf('team')).toBe(0);
    const alone = await loadPlaybooks({ shipped, team: null }, KNOWN);
    expect([alone.problems, alone.playbooks.length]).toEqual([[], both.playbooks.length - 1]);
  });
});
