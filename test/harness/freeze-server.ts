import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Stops and continues a PostgreSQL with all its processes, as a machine that hangs does. Never the run's shared one. */
export interface FreezableServer {
  freeze(): void;
  thaw(): void;
}

export async function freezableServer(adminUrl: string): Promise<FreezableServer> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const { rows } = await admin.query<{ data_directory: string }>('show data_directory');
  await admin.end();
  const folder = rows[0]?.data_directory ?? '';
  const postmaster = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = (): readonly number[] =>
    readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(/\s+/).map(Number);
  const frozen: number[] = [];
  return {
    freeze: () => {
      // The parent first: it makes no new ones then.
      for (const pid of [postmaster, ...children()]) {
        process.kill(pid, 'SIGSTOP');
        frozen.push(pid);
        if (pid === postmaster) frozen.length = 1;
      }
    },
    thaw: () => {
      for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT');
    },
  };
}
