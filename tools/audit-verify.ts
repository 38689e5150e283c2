import { createDatabase } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open-database.ts';
import { readAnchors } from '../src/log/anchor.ts';
import { verifyLog } from '../src/log/verify-log.ts';
import { createLogger } from '../src/logger.ts';
import { readDatabaseSettings } from '../src/settings.ts';

// npm run audit:verify: is the log of this installation whole? Exit code 1 when it is not.
const settings = readDatabaseSettings(process.env);
const log = createLogger('warn');
const address = await openDatabase({ ...settings.database, dataDir: settings.dataDir, log });
const db = createDatabase({ url: address.url, log });
try {
  const verdict = await verifyLog(db, await readAnchors(settings.dataDir));
  for (const problem of verdict.problems) console.log(`PROBLEM  ${problem}`);
  const words = verdict.problems.length === 0 ? 'whole' : 'NOT whole';
  console.log(`The log is ${words}: ${verdict.rows} rows, head ${verdict.head.hash}`);
  process.exitCode = verdict.problems.length === 0 ? 0 : 1;
} finally {
  await db.close();
  await address.stop();
}
