import { Command } from 'commander';
import { createDatabase } from '../src/db/database.ts';
import type { Database } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open-database.ts';
import { createLogger } from '../src/logger.ts';
import { listQuarantined, redrive } from '../src/queue/quarantine.ts';
import { readDatabaseSettings } from '../src/settings.ts';

// npm run quarantine: jobs that need a person, and driving them again once the cause is mended.
const program = new Command('quarantine').description(
  'Jobs that failed for a reason that time does not heal',
);

program
  .command('list')
  .description('Show them, oldest first')
  .action(() =>
    withDatabase(async (db) => {
      const jobs = await listQuarantined(db);
      if (jobs.length === 0) console.log('Nothing is quarantined.');
      for (const job of jobs) {
        console.log(
          `${job.id}  ${job.at.toISOString()}  ${job.job} ${JSON.stringify(job.payload)}  ${job.attempts} tries`,
        );
        console.log(`    ${job.error.slice(0, 300)}`);
      }
    }),
  );

program
  .command('redrive')
  .argument('[id]', 'one of them; all without it')
  .description('Drive them again: a running replica takes them within seconds')
  .action((id: string | undefined) =>
    withDatabase(async (db) => {
      const count = await redrive(db, id);
      console.log(count === 0 ? 'There is no such job.' : `${count} driven again.`);
    }),
  );

await program.parseAsync();

async function withDatabase(work: (db: Database) => Promise<void>): Promise<void> {
  const settings = readDatabaseSettings(process.env);
  const log = createLogger('warn');
  const address = await openDatabase({ ...settings.database, dataDir: settings.dataDir, log });
  const db = createDatabase({ url: address.url, log });
  try {
    await work(db);
  } finally {
    await db.close();
    await address.stop();
  }
}
