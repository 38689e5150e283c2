import type { Queryable } from '../db/database.ts';
import { CodedError } from '../errors.ts';
import { incidentName } from '../incidents/model.ts';
import type { Incident } from '../incidents/model.ts';
import { findIncidentByChannel, findIncidentByNumber, listOpenIncidents } from '../incidents/store.ts';
import { escapeText } from './text.ts';

export type Reference =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'channel'; readonly channelId: string };

const NUMBER = /^(?:inc-|#)(\d{1,9})(?=\s|$)/i;
const CHANNEL = /^<#([CG][A-Z0-9]+)(?:\|[^>]*)?>(?=\s|$)/;
/** Open incidents that are named to somebody who must choose. */
const NAMED = 5;

/** Splits the incident that is named first (INC-42, #42, the channel's link) from the rest of the arguments. */
export function splitReference(args: string): {
  readonly reference: Reference | null;
  readonly rest: string;
} {
  const text = args.trim();
  const number = NUMBER.exec(text);
  if (number?.[1] !== undefined) {
    const rest = text.slice(number[0].length).trim();
    return { reference: { kind: 'number', number: Number(number[1]) }, rest };
  }
  const channel = CHANNEL.exec(text);
  if (channel?.[1] !== undefined) {
    const rest = text.slice(channel[0].length).trim();
    return { reference: { kind: 'channel', channelId: channel[1] }, rest };
  }
  return { reference: null, rest: text };
}

/**
 * The incident that is named, else the one of the channel the command was typed in.
 * @throws CodedError `not_found` when one is named that is not there
 */
export async function findReferred(
  db: Queryable,
  reference: Reference | null,
  channelId: string,
): Promise<Incident | null> {
  if (reference === null) return (await findIncidentByChannel(db, channelId)) ?? null;
  const found =
    reference.kind === 'number'
      ? await findIncidentByNumber(db, reference.number)
      : await findIncidentByChannel(db, reference.channelId);
  // A private incident is there for those in its channel only: elsewhere not even its number is confirmed.
  if (found !== undefined && (!found.isPrivate || found.channelId === channelId)) return found;
  const name = reference.kind === 'number' ? `INC-${reference.number}` : 'incident with that channel';
  throw new CodedError('not_found', `There is no ${name}. \`/incident list\` shows the open ones.`);
}

/** What to say to somebody who named no incident where none is implied. */
export async function askWhich(db: Queryable, commandName: string, channelId: string): Promise<CodedError> {
  const open = await listOpenIncidents(db, NAMED, channelId);
  const first = open[0];
  if (first === undefined) {
    return new CodedError('bad_input', 'Which incident? None is open; name it by its number, as INC-42.');
  }
  const list = open
    .map((one) => `• ${incidentName(one)} (${one.severity}) ${escapeText(one.title)}`)
    .join('\n');
  return new CodedError(
    'bad_input',
    `Which incident? Name it: \`/incident ${commandName} ${incidentName(first)}\`. Open:\n${list}`,
  );
}
