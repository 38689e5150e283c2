import { createDatabase } from '../../../src/db/database.ts';
import { secret } from '../../../src/lib/secret.ts';
import { createLogger } from '../../../src/logger.ts';
import { CodedError } from '../../../src/errors.ts';
import { createSlack } from '../../../src/slack/create-slack.ts';

/** A replica that sends as fast as its gateway lets it, for CALLER_MS; prints what came of it. */
const { CALLER_DATABASE = '', CALLER_API = '', CALLER_MS = '0', CALLER_SCALE = '1' } = process.env;
const log = createLogger('silent');
const db = createDatabase({ url: CALLER_DATABASE, log });
const slack = createSlack({
  botToken: secret('xoxb-sandbox'),
  apiUrl: CALLER_API,
  limitScale: Number(CALLER_SCALE),
  db,
  log,
});
const until = performance.now() + Number(CALLER_MS);
const counts: Record<string, number> = {};

async function sendUntilDone(urgency: number): Promise<void> {
  while (performance.now() < until) {
    try {
      await slack.gateway.call('conversations.setTopic', { channel: 'C0INCIDENTS', topic: 'x' }, { urgency });
      counts['sent'] = (counts['sent'] ?? 0) + 1;
    } catch (error) {
      const code = error instanceof CodedError ? error.code : 'unknown';
      counts[code] = (counts[code] ?? 0) + 1;
    }
  }
}

await Promise.all([1, 2, 3, 4, 8].map((urgency) => sendUntilDone(urgency)));
await db.close();
process.stdout.write(`done ${JSON.stringify(counts)}\n`);
