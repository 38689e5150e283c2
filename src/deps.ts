import type { Playbook } from './checklists/playbook/model.ts';
import type { Config } from './config/model.ts';
import type { Database } from './db/database.ts';
import type { Actions } from './executions/define-action.ts';
import type { NewId } from './lib/id.ts';
import type { Descriptions } from './log/describe-entry.ts';
import type { Logger } from './logger.ts';
import type { Chat } from './ports/chat.ts';
import type { ClusterReader, ClusterWriter } from './ports/cluster.ts';
import type { Directory } from './ports/directory.ts';
import type { ProbeHealth } from './ports/health.ts';
import type { EnqueueJob } from './queue/enqueue.ts';

/** Everything that is built once at start. Functions take the part they need: `Pick<Deps, 'db' | 'enqueue'>`. */
export interface Deps {
  readonly config: Config;
  readonly db: Database;
  readonly enqueue: EnqueueJob;
  readonly chat: Chat;
  readonly directory: Directory;
  /** Reading a cluster; what writes stands apart and is used by execute-action alone. */
  readonly cluster: ClusterReader;
  readonly clusterWriter: ClusterWriter;
  readonly probeHealth: ProbeHealth;
  /** What src/actions/ defines, by id. */
  readonly actions: Actions;
  /** Every feature's sentences for the rows of the log: src/descriptions.ts. */
  readonly descriptions: readonly Descriptions[];
  /** Read once at boot, the team's first; a checklist stands on the text that was stored when it began. */
  readonly playbooks: readonly Playbook[];
  readonly log: Logger;
  readonly newId: NewId;
}
