import type { SlackUser } from '../people/model.ts';

/**
 * Text for Slack. Whatever people, alerts or clusters wrote goes through `escapeText` once, where it is rendered into
 * mrkdwn; in plain_text and rich_text it needs `visibleText` only. Tokens in <…> come from the functions below, and from
 * nowhere else.
 */

/** Control, direction and zero-width characters, private use, lone surrogates: what is not seen is not shown. */
const INVISIBLE = /(?!\n|\t|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}]/gu;

/** Longest run of marks above one letter, or of one emoji, that is shown. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
const REPEATED = /(\P{ASCII}\ufe0f?)\1{7,}/gu;

/** Foreign text without what cannot be seen or runs over its neighbours; for plain_text and rich_text. */
export function visibleText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(INVISIBLE, '')
    .replace(MARKS, '$1')
    .replace(REPEATED, '$1$1$1…');
}

/** Foreign text for mrkdwn: none of it is a token, a mention or a link any more. Escape once, at render. */
export function escapeText(text: string): string {
  return visibleText(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Foreign text in a code span; backticks would end it. */
export function code(text: string): string {
  const inner = escapeText(text).replaceAll('`', 'ˋ').replaceAll('\n', ' ').trim();
  return inner === '' ? '' : `\`${inner}\``;
}

const USER_ID = /^[UW][A-Z0-9]+$/;
const GROUP_ID = /^S[A-Z0-9]+$/;
const CHANNEL_ID = /^[CGD][A-Z0-9]+$/;

/** Mentions a person; shown with the reader's name for them. Notifies in a new post, not in an edit. */
export function mention(user: Pick<SlackUser, 'userId'>): string {
  return USER_ID.test(user.userId) ? `<@${user.userId}>` : escapeText(user.userId);
}

export function mentionGroup(groupId: string): string {
  return GROUP_ID.test(groupId) ? `<!subteam^${groupId}>` : escapeText(groupId);
}

export function channelLink(channelId: string): string {
  return CHANNEL_ID.test(channelId) ? `<#${channelId}>` : escapeText(channelId);
}

/** What can be shown of a time: Slack writes it in the reader's own zone and language. */
export type DateFormat = 'time' | 'time-seconds' | 'date' | 'date-time' | 'ago';

const FORMATS: Readonly<Record<DateFormat, string>> = {
  time: '{time}',
  'time-seconds': '{time_secs}',
  date: '{date_short_pretty}',
  'date-time': '{date_short_pretty} {time}',
  ago: '{ago}',
};

/** A time as a token of Slack, with UTC as the text for clients that do not know it. */
export function dateToken(date: Date, format: DateFormat): string {
  const seconds = Math.floor(date.getTime() / 1000);
  return `<!date^${seconds}^${FORMATS[format]}|${date.toISOString().slice(0, 16).replace('T', ' ')} UTC>`;
}

/** Longest URL that Slack takes. */
const URL_LENGTH = 3_000;

/** The address if it may be linked: http or https, without a password in it; undefined otherwise. */
export function safeUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined;
  if (parsed.username !== '' || parsed.password !== '' || parsed.href.length > URL_LENGTH) return undefined;
  return parsed.href;
}

/**
 * A link in mrkdwn. The label is ours or escaped, and never looks like an address of its own; what may not be linked is
 * shown as text.
 */
export function link(url: string, label: string): string {
  const href = safeUrl(url);
  if (href === undefined) return escapeText(label);
  const shown = /[:/]\/|^www\./i.test(label) ? new URL(href).host : label;
  const target = href.replace(/&/g, '&amp;').replace(/</g, '%3C').replace(/>/g, '%3E').replaceAll('|', '%7C');
  return `<${target}|${escapeText(shown).replaceAll('|', '¦').replaceAll('\n', ' ')}>`;
}

/**
 * Cuts to at most `length` UTF-16 units (Slack's count), at a character and never inside an entity or a token, with an
 * ellipsis.
 */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  let cut = text.slice(0, Math.max(0, length - 1));
  if (/[\ud800-\udbff]$/.test(cut)) cut = cut.slice(0, -1);
  cut = cut.replace(/&[a-z]{0,4}$/, '').replace(/<[^<>]*$/, '');
  return length < 1 ? '' : `${cut.trimEnd()}…`;
}

/** Slack's limits for texts, in UTF-16 units. */
export const LIMITS = {
  section: 3_000,
  field: 2_000,
  header: 150,
  button: 75,
  buttonValue: 2_000,
  option: 75,
  optionValue: 150,
  description: 75,
  placeholder: 150,
  modalTitle: 24,
  contextElement: 2_000,
} as const;
