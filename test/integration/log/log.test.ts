import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../../../src/db/database.ts';
import type { Database } from '../../../src/db/database.ts';
import { appendLog } from '../../../src/log/append-log.ts';
import { verifyLog } from '../../../src/log/verify-log.ts';
import type { LogAnchor } from '../../../src/log/verify-log.ts';
import { createLogger } from '../../../src/logger.ts';
import { createTestDatabase } from '../../harness/database.ts';
import type { TestDatabase } from '../../harness/database.ts';

let test: TestDatabase;
let db: Database;
let owner: pg.Client;

beforeAll(async () => {
  test = await createTestDatabase();
  db = createDatabase({ url: test.url, log: createLogger('silent') });
  owner = new pg.Client({ connectionString: test.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await db.close();
  await owner.end();
  await test.drop();
});

const actor = { kind: 'tocsin', part: 'test' } as const;

async function append(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await db.transaction((tx) =>
      appendLog(tx, {
        incidentId: 'i1',
        kind: 'test.row',
        actor,
        data: { index },
        texts: { note: `note ${index}` },
      }),
    );
  }
}

/** Does what an intruder with the owner's password does, looks whether it is found, and puts everything back. */
async function tampered(sql: string, anchors: readonly LogAnchor[] = []): Promise<readonly string[]> {
  await owner.query('begin');
  try {
    await owner.query('alter table app.log disable trigger user');
    await owner.query('alter table app.log_texts drop constraint log_texts_seq_fkey');
    await owner.query(sql);
    const verdict = await verifyLog(
      {
        query: async (text, values) => ({
          rows: (await owner.query(text, [...(values ?? [])])).rows,
          rowCount: 0,
        }),
      },
      anchors,
    );
    return verdict.problems;
  } finally {
    await owner.query('rollback');
  }
}

describe('the log', () => {
  it('is whole after appends from many connections at once, without a gap', async () => {
    await Promise.all(Array.from({ length: 8 }, () => append(10)));
    const verdict = await verifyLog(db);
    expect(verdict).toMatchObject({ rows: 80, problems: [] });
  });

  it('leaves no row behind when the change it belongs to is rolled back', async () => {
    const before = (await verifyLog(db)).rows;
    const failing = db.transaction(async (tx) => {
      await appendLog(tx, { incidentId: null, kind: 'test.undone', actor, data: {} });
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect((await verifyLog(db)).rows).toBe(before);
  });

  it('takes any text and JSON, NUL and lone surrogates included, and still verifies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string(), fc.string()),
        async (text, data) => {
          await db.transaction((tx) =>
            appendLog(tx, { incidentId: null, kind: 'test.any', actor, data, texts: { text } }),
          );
        },
      ),
      { numRuns: 100 },
    );
    expect((await verifyLog(db)).problems).toEqual([]);
  });

  it.each([
    [
      'a changed byte in a body',
      `update app.log set body = replace(body, 'test.row', 'test.raw') where seq = 40`,
    ],
    ['a changed column', `update app.log set kind = 'other' where seq = 41`],
    ['a changed time', `update app.log set at = at + interval '1 second' where seq = 41`],
    ['a changed text', `update app.log_texts set text = 'x' where seq = 41`],
    ['a deleted row', `delete from app.log where seq = 42`],
    [
      'an inserted row',
      `insert into app.log select 100000, at, incident_id, kind, actor, data, text_hashes, body, prev_hash, '\\x01' from app.log where seq = 5`,
    ],
    [
      'two swapped rows',
      `update app.log set seq = -1 where seq = 50; update app.log set seq = 50 where seq = 51; update app.log set seq = 51 where seq = -1`,
    ],
    ['a cut tail', `delete from app.log where seq > 70`],
  ])('finds %s', async (_what, sql) => {
    expect(await tampered(sql)).not.toEqual([]);
  });

  it('finds a cut tail with a rewritten head by its anchor', async () => {
    const { head } = await verifyLog(db);
    const cut = `delete from app.log where seq > 60;
      update app.log_head set (seq, hash) = (select seq, hash from app.log where seq = 60)`;
    expect(await tampered(cut)).toEqual([]);
    expect(await tampered(cut, [head])).toEqual([`row ${head.seq}: an anchor says it was there; it is gone`]);
  });

  it('lets free text be erased without breaking the chain', async () => {
    await owner.query(`update app.log_texts set text = null, salt = null where seq = 10`);
    expect((await verifyLog(db)).problems).toEqual([]);
  });

  it.each([
    'update log set kind = kind',
    'delete from log',
    'truncate log',
    'update log_head set seq = 0',
    'create table x ()',
  ])('refuses the application: %s', async (sql) => {
    await expect(db.query(sql)).rejects.toMatchObject({ cause: { code: '42501' } });
  });

  it('refuses even the owner, unless triggers are taken off', async () => {
    await expect(owner.query(`update app.log set kind = 'x'`)).rejects.toThrow('append-only');
    await expect(owner.query('truncate app.log cascade')).rejects.toThrow('append-only');
  });
});
