import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../../..');

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(ROOT, 'tools/playbooks.ts'), ...args],
      { cwd: ROOT },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      },
    );
  });
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playbooks-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('npm run playbooks', () => {
  it('lint finds the shipped playbooks sound', async () => {
    const { code, out, err } = await run('lint');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^\d+ playbooks can be used; 0 errors, 0 warnings\n$/);
  });

  it('lint names file and line and what is known, and fails', async () => {
    await writeFile(path.join(folder, 'p0.md'), '# X\n\n- [ ] [Go](action:fly)\n');
    const { code, out, err } = await run('lint', folder);
    expect([code, out]).toEqual([1, '0 playbooks can be used; 1 errors, 0 warnings\n']);
    expect(err).toMatch(/p0\.md:3: error: there is no action "fly"; known are .*restart/);
  });

  it("preview shows a guide's file and which playbook a severity gets", async () => {
    const { code, out, err } = await run(
      'preview',
      'test/fixtures/playbooks/p0-response.md',
      '--severity',
      'P0',
    );
    expect(code).toBe(0);
    expect(out).toContain('Immediate Actions (0–5 min)\n  [ ] Acknowledge incident in monitoring system\n');
    expect(err).toContain('At P0, without an alert: p0-response.md (of the team folder)');
  });

  it('preview gives the messages as JSON', async () => {
    const { code, out } = await run('preview', 'playbooks/p0.md', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      {
        blocks: expect.arrayContaining([
          expect.objectContaining({ kind: 'boxes', phaseId: 'immediate-actions' }),
        ]),
      },
    ]);
  });

  it('preview says what is wrong with a file, and fails', async () => {
    expect(await run('preview', path.join(folder, 'p0.md'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be read'),
    });
  });
});
