import type { KnownBlock } from '@slack/types';
import { describeEntry } from '../../log/describe-entry.ts';
import type { Descriptions, Say } from '../../log/describe-entry.ts';
import type { TimelineEntry } from '../../log/read-timeline.ts';
import { dateToken, escapeText, LIMITS, mention, truncate, visibleText } from '../text.ts';

/** How sentences of the timeline are written in mrkdwn. */
export const slackSay: Say = {
  person: mention,
  text: (text) => escapeText(truncate(visibleText(text).replace(/\s+/g, ' '), 300)),
};

/** Rows of the log as lines with their times, in as few sections as Slack's limit allows. */
export function timelineBlocks(
  registries: readonly Descriptions[],
  entries: readonly TimelineEntry[],
): readonly KnownBlock[] {
  const texts: string[] = [];
  for (const entry of entries) {
    const sentence = describeEntry(registries, entry, slackSay);
    if (sentence === null) continue;
    const line = truncate(`${dateToken(entry.at, 'time-seconds')} ${sentence}`, LIMITS.section);
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length + 1 <= LIMITS.section) {
      texts[texts.length - 1] = `${last}\n${line}`;
    } else {
      texts.push(line);
    }
  }
  // The newest matter most when there is more than a message holds.
  return texts
    .slice(-45)
    .map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }));
}
