import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeSeconds, elapsedMs } from '../../../src/lib/duration.ts';
import { newId } from '../../../src/lib/id.ts';
import { loadModules } from '../../../src/lib/load-modules.ts';
import { anySecretEquals, secret } from '../../../src/lib/secret.ts';
import { createLogger } from '../../../src/logger.ts';

describe('describeSeconds', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [3_599, '59 min'],
    [7_500, '2 h 5 min'],
    [172_800, '2 d'],
    [187_200, '2 d 4 h'],
  ])('%d is %s', (seconds, words) => expect(describeSeconds(seconds)).toBe(words));

  it('knows no negative time, whatever the clocks of senders say', () => {
    expect(elapsedMs(new Date('2099-01-01'), new Date('2026-01-01'))).toBe(0);
  });
});

describe('secrets', () => {
  it('print masked and compare whole', () => {
    const one = secret('hunter2');
    expect(`${String(one)} ${JSON.stringify({ one })} ${inspect(one)}`).not.toContain('hunter2');
    expect(anySecretEquals([secret('old'), one], 'hunter2')).toBe(true);
    expect(anySecretEquals([one], 'hunter')).toBe(false);
    expect(anySecretEquals([], '')).toBe(false);
  });

  it('do not reach the log through an error', () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => void lines.push(line) });
    const cause = Object.assign(new Error('POST with Bearer abc.def failed'), {
      headers: { authorization: 'xoxb-9' },
    });
    log.error(
      { err: new Error('call to postgres://u:hunter2@h/d with xoxb-12-ab failed', { cause }) },
      'x\ny',
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/hunter2|xoxb-|abc\.def/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'x\ny', err: { cause: { type: 'Error' } } });
  });
});

it('ids have 128 bits and are never the same', () => {
  const ids = Array.from({ length: 1_000 }, newId);
  expect(new Set(ids).size).toBe(1_000);
  expect(Buffer.from(ids[0] ?? '', 'base64url')).toHaveLength(16);
});

it('a folder of definitions is refused as a whole, with every problem named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'definitions-'));
  await writeFile(join(folder, 'good.ts'), `export default { id: 'good' };`);
  await writeFile(join(folder, 'other.ts'), `export default { id: 'another' };`);
  await writeFile(join(folder, 'empty.ts'), `export {};`);
  await writeFile(join(folder, 'Notes.md'), 'x');
  const load = loadModules({
    folder,
    what: 'thing',
    isDefinition: (value): value is { id: string } =>
      typeof value === 'object' && value !== null && 'id' in value,
    idOf: (thing) => thing.id,
  });
  const message = await load.then(
    () => '',
    (error: unknown) => String(error),
  );
  expect(message).toContain('Notes.md: a thing file is named like its id');
  expect(message).toContain('empty.ts: the default export is not a thing');
  expect(message).toContain('other.ts: the thing calls itself another; the file name says other');
  expect(message).not.toContain('good.ts');
  await rm(folder, { recursive: true });
});
