import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import pg from 'pg';

/** The least that a Slack bot with a database is: Bolt as its guide shows it, one command, one pool. */
const { PORT = '0', DATABASE_URL = '', SLACK_API_URL = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const receiver = new HTTPReceiver({
  signingSecret: 'sandbox-signing-secret',
  logLevel: LogLevel.ERROR,
  customRoutes: [
    {
      path: '/readyz',
      method: 'GET',
      handler: (_request, response) => {
        pool.query('select 1').then(
          () => response.writeHead(200).end(),
          () => response.writeHead(503).end(),
        );
      },
    },
  ],
});
const app = new App({
  token: 'xoxb-sandbox',
  receiver,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: SLACK_API_URL },
});
app.command('/hello', async ({ ack }) => ack('hello'));
await app.start(Number(PORT));
process.on('SIGTERM', () => process.exit(0));
