/** What each replica does first, as a process of its own: DATABASE_MIGRATION_URL gets its schema and its queue. */
import { migrate } from '../../src/db/migrate.ts';
import { installQueue } from '../../src/queue/install-queue.ts';

const url = process.env['DATABASE_MIGRATION_URL'] ?? '';
const applied = await migrate(url);
await installQueue(url);
process.stdout.write(`prepared ${applied.length}\n`);
