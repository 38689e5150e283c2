import type { NormalisedAlert } from './model.ts';
import { cut } from './read-fields.ts';

/** Longest title of an incident: fits Slack's header with room for number and severity. */
export const MAX_TITLE = 120;

/** What an incident is called at first: the sender's summary on one line, else the alert's name. */
export function titleOf(alert: Pick<NormalisedAlert, 'name' | 'summary'>): string {
  const line = oneLine(alert.summary ?? '');
  return cut(line === '' ? oneLine(alert.name) || 'Alert without a name' : line, MAX_TITLE);
}

/** Without line breaks and other control characters, also those that turn the direction of text around. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
