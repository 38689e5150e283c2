/**
 * What each replica does first, as a process of its own: DATABASE_MIGRATION_URL gets its schema and its queue. It waits
 * at the barrier until the test lets all go at once: else the first is done before the last has loaded.
 */
import pg from 'pg';
import { migrate } from '../../src/db/migrate.ts';
import { installQueue } from '../../src/queue/install-queue.ts';

const url = process.env['DATABASE_MIGRATION_URL'] ?? '';
const barrier = new pg.Client({ connectionString: url });
await barrier.connect();
process.stdout.write('at the barrier\n');
await barrier.query('select pg_advisory_lock_shared($1)', [Number(process.env['BARRIER'])]);
const applied = await migrate(url);
await installQueue(url);
await barrier.end();
process.stdout.write(`prepared ${applied.length}\n`);
