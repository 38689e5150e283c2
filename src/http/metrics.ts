import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Queryable } from '../db/database.ts';

/** What one call to Slack did: see slack/gateway. */
export interface CallSample {
  readonly method: string;
  readonly outcome: string;
  readonly milliseconds: number;
}

export interface Metrics {
  readonly slackCall: (sample: CallSample) => void;
  readonly alertsAccepted: (source: string, count: number) => void;
}

/** Figures for an operator. Labels are method and source names only: no text of an incident reaches them. */
export function createMetrics(registry: Registry, db: Queryable): Metrics {
  const registers = [registry];
  const calls = new Counter({
    name: 'tocsin_slack_calls_total',
    help: 'Calls to Slack by method and outcome',
    labelNames: ['method', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'tocsin_slack_call_seconds',
    help: 'How long Slack took to answer',
    labelNames: ['method'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers,
  });
  const alerts = new Counter({
    name: 'tocsin_alerts_accepted_total',
    help: 'Alerts stored, by source',
    labelNames: ['source'],
    registers,
  });
  countRows(registry, db);
  return {
    slackCall: ({ method, outcome, milliseconds }) => {
      calls.inc({ method, outcome });
      seconds.observe({ method }, milliseconds / 1_000);
    },
    alertsAccepted: (source, count) => alerts.inc({ source }, count),
  };
}

/** Read when somebody scrapes, each over an index or a small table; -1 while the database does not answer. */
const ROWS: readonly { readonly name: string; readonly help: string; readonly sql: string }[] = [
  {
    name: 'tocsin_incidents_open',
    help: 'Open incidents',
    sql: `select count(*)::int as n from incidents where status in ('investigating', 'identified', 'monitoring')`,
  },
  {
    name: 'tocsin_jobs_quarantined',
    help: 'Jobs that need a person',
    sql: 'select count(*)::int as n from quarantined_jobs',
  },
  {
    name: 'tocsin_deadlines_overdue',
    help: 'Deadlines that no replica has turned into jobs for a minute',
    sql: `select count(*)::int as n from deadlines where due_at < app.now() - interval '1 minute'`,
  },
];

function countRows(registry: Registry, db: Queryable): void {
  for (const { name, help, sql } of ROWS) {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: async () => {
        gauge.set(await count(db, sql));
      },
    });
  }
}

async function count(db: Queryable, sql: string): Promise<number> {
  try {
    const answer = await db.query<{ n: number }>(sql);
    return answer.rows[0]?.n ?? -1;
  } catch {
    // A scrape must answer also while the database does not; /readyz says why.
    return -1;
  }
}
