import { afterEach, expect, it, vi } from 'vitest';
import { createDatabase } from '../../../src/db/database.ts';
import type { Database } from '../../../src/db/database.ts';
import { CodedError } from '../../../src/errors.ts';
import { fireDueDeadlines, setDeadline } from '../../../src/queue/deadlines.ts';
import type { JobName } from '../../../src/queue/jobs.ts';
import { listQuarantined, redrive } from '../../../src/queue/quarantine.ts';
import { createQueue } from '../../../src/queue/queue.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { runJob } from '../../../src/queue/run-job.ts';
import type { JobHandlers } from '../../../src/queue/run-job.ts';
import { FLOW } from '../../../src/flow.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { quiet } from '../../harness/feature.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function open(): Promise<{ readonly db: Database; readonly queue: Queue }> {
  const database = await createTestDatabase();
  const db = createDatabase({ url: database.url, log: quiet });
  const queue = createQueue({ url: database.url, db, log: quiet });
  ends.push(
    database.drop,
    () => db.close(),
    () => queue.stop(1_000),
  );
  return { db, queue };
}

function handlersWith(some: Partial<JobHandlers>): JobHandlers {
  const nothing = async (): Promise<void> => undefined;
  const all = Object.fromEntries(Object.keys(FLOW).map((name) => [name, nothing])) as Record<
    JobName,
    () => Promise<void>
  >;
  return { ...all, ...some };
}

it('tries an action again at once, though another one that came with it runs for minutes', async () => {
  const { db, queue } = await open();
  const long = Promise.withResolvers<void>();
  const attempts: number[] = [];
  await queue.start(
    handlersWith({
      'execute-action': async ({ executionId }, { attempt }) => {
        if (executionId === 'long') return long.promise;
        attempts.push(attempt);
        if (attempt === 1) throw new CodedError('unavailable', 'The cluster does not answer.');
      },
    }),
  );
  await db.transaction(async (tx) => {
    for (const executionId of ['long', 'short'])
      await queue.enqueue(tx, 'execute-action', { executionId }, { key: executionId });
  });
  await vi.waitFor(() => expect(attempts).toEqual([1, 2]), { timeout: 10_000, interval: 50 });
  long.resolve();
});

it('fires what is due although a newer version has set a deadline for a job unknown here', async () => {
  const { db, queue } = await open();
  await queue.start(handlersWith({}));
  await db.query(
    `insert into deadlines (job, key, payload, due_at) values ('of-a-newer-version', 'k', '{}', app.now() - interval '1 hour')`,
  );
  await setDeadline(db, {
    job: 'expire-approval',
    key: 'x',
    payload: { executionId: 'x' },
    dueAt: new Date(0),
  });
  await fireDueDeadlines(db, queue.enqueue);
  const left = await db.query<{ job: string }>('select job from deadlines');
  expect(left.rows).toEqual([{ job: 'of-a-newer-version' }]);
});

it('tries for a channel until a missing scope is granted, and gives up on what is nice to have', async () => {
  const { db, queue } = await open();
  const refuse = async (): Promise<void> => {
    throw new CodedError('config', 'Slack refuses this to Tocsin.', { details: { slack: 'missing_scope' } });
  };
  const handlers = handlersWith({ 'announce-incident': refuse, 'decorate-channel': refuse });
  const run = (job: 'announce-incident' | 'decorate-channel'): Promise<string> =>
    runJob(
      { db, log: quiet, enqueue: queue.enqueue, handlers },
      {
        id: job,
        envelope: { job, payload: { incidentId: 'i' }, key: 'i' },
        attempt: 9,
        signal: new AbortController().signal,
      },
    );
  expect(await run('announce-incident')).toBe('failed');
  expect(await run('decorate-channel')).toBe('completed');
  const quarantined = await db.query<{ job: string }>('select job from quarantined_jobs');
  expect(quarantined.rows).toEqual([{ job: 'decorate-channel' }]);
});

it('puts a job aside that time does not heal, and drives it again when somebody has mended the cause', async () => {
  const { db, queue } = await open();
  let isMended = false;
  const done = Promise.withResolvers<string>();
  const broken = async ({ incidentId }: { readonly incidentId: string }): Promise<void> => {
    if (!isMended) throw new TypeError('a bug');
    done.resolve(incidentId);
  };
  const handlers = handlersWith({ 'post-rca': broken });
  const deps = { db, log: quiet, enqueue: queue.enqueue, handlers };
  const envelope = { job: 'post-rca', payload: { incidentId: 'i1' }, key: 'i1' } as const;
  const { signal } = new AbortController();
  expect(await runJob(deps, { id: 'j1', envelope, attempt: 1, signal })).toBe('failed');
  expect(await runJob(deps, { id: 'j1', envelope, attempt: 5, signal })).toBe('completed');
  expect(await listQuarantined(db)).toMatchObject([
    { id: 'j1', job: 'post-rca', payload: { incidentId: 'i1' } },
  ]);

  isMended = true;
  await queue.start(handlers);
  expect(await redrive(db, 'other')).toBe(0);
  expect(await redrive(db, 'j1')).toBe(1);
  expect(await done.promise).toBe('i1');
  expect(await listQuarantined(db)).toEqual([]);
});
