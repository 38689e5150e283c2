import type { Deps } from '../../deps.ts';
import { parseNoticeSubject } from '../../incidents/notices.ts';
import { readPicture } from '../../incidents/read-picture.ts';
import { describeEntry } from '../../log/describe-entry.ts';
import { readLogRow } from '../../log/read-timeline.ts';
import { defineRenderer } from '../define-renderer.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { mention, mentionGroup } from '../text.ts';
import { section } from '../views/incident-lines.ts';
import { notice } from '../views/notice.ts';
import { slackSay } from '../views/timeline.ts';

export default defineRenderer({
  kind: 'notice',
  render: async (deps, surface) => {
    const subject = parseNoticeSubject(surface.subject);
    if (subject === undefined) return null;
    if (subject.kind === 'log-row') return logRow(deps, subject.seq);
    const picture = await readPicture(deps, subject.incidentId);
    return picture === undefined ? null : notice(subject.topic, picture, calls(deps));
  },
});

async function logRow(deps: Deps, seq: number): Promise<SlackMessage | null> {
  const entry = await readLogRow(deps.db, seq);
  const sentence = entry === undefined ? null : describeEntry(deps.descriptions, entry, slackSay);
  return sentence === null ? null : { text: sentence, blocks: [section(sentence)] };
}

/** The people on call as mentions; a group is mentioned as a group, so nobody has to be asked who is in it. */
function calls(deps: Deps): readonly string[] {
  return deps.config.onCall.responders.flatMap((ref) => {
    if (/^S[A-Z0-9]+$/.test(ref)) return [mentionGroup(ref)];
    if (/^[UW][A-Z0-9]+$/.test(ref)) return [mention({ userId: ref })];
    const account = deps.config.people.find((person) => person.id === ref)?.slack[0];
    return account === undefined ? [] : [mention(account)];
  });
}
