import type { EventTable } from './dispatch-event.ts';
import type { SlackDirectory } from './directory.ts';
import { asRecord, textOf } from './payload.ts';

/** Events after which what we know of people and groups is asked anew at once, instead of within a minute. */
export function directoryEvents(directory: Pick<SlackDirectory, 'forgetUser' | 'forgetGroup'>): EventTable {
  return new Map([
    [
      'user_change',
      [({ event }) => Promise.resolve(directory.forgetUser(textOf(asRecord(event['user'])['id'])))],
    ],
    [
      'subteam_members_changed',
      [({ event }) => Promise.resolve(directory.forgetGroup(textOf(event['subteam_id'])))],
    ],
  ]);
}
