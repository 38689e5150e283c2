import type { Config } from './config/model.ts';
import type { Database } from './db/database.ts';
import type { NewId } from './lib/id.ts';
import type { Logger } from './logger.ts';
import type { Chat } from './ports/chat.ts';
import type { Directory } from './ports/directory.ts';
import type { EnqueueJob } from './queue/enqueue.ts';

/** Everything that is built once at start. Functions take the part they need: `Pick<Deps, 'db' | 'enqueue'>`. */
export interface Deps {
  readonly config: Config;
  readonly db: Database;
  readonly enqueue: EnqueueJob;
  readonly chat: Chat;
  readonly directory: Directory;
  readonly log: Logger;
  readonly newId: NewId;
}
