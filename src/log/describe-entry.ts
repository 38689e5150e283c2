import type { Json } from '../lib/json.ts';
import type { SlackUser } from '../people/model.ts';
import type { Actor } from './append-log.ts';
import type { TimelineEntry } from './read-timeline.ts';

/**
 * How a place writes what a sentence is made of. Slack escapes for mrkdwn and mentions people, a document escapes for
 * Markdown and names them: sentences take everything foreign from here, so it is escaped once.
 */
export interface Say {
  readonly person: (user: SlackUser) => string;
  /** Foreign text, escaped, on one line. */
  readonly text: (text: string) => string;
}

/** What a describer of one kind is given: the row, and its parts ready to be put into a sentence. */
export interface Told {
  readonly entry: TimelineEntry;
  /** Who did it, to begin a sentence with. */
  readonly who: string;
  /** A field of the row's data as text, escaped; empty when it is not there. */
  readonly field: (name: string) => string;
  /** A text of the row, escaped; "(erased)" when it was erased, empty when it never was there. */
  readonly text: (name: string) => string;
  readonly say: Say;
}

/** One sentence about a row; null when it is not for the timeline. */
export type Describe = (told: Told) => string | null;
export type Descriptions = Readonly<Record<string, Describe>>;

/**
 * A row of the log as one sentence. Each feature brings the sentences of its own kinds; a kind that nobody describes
 * (written by a newer version, maybe) is told by its name, so that nothing is missing.
 */
export function describeEntry(
  registries: readonly Descriptions[],
  entry: TimelineEntry,
  say: Say,
): string | null {
  const who = describeActor(entry.actor, say);
  const told: Told = {
    entry,
    who,
    say,
    field: (name) => (Object.hasOwn(entry.data, name) ? say.text(asText(entry.data[name])) : ''),
    text: (name) => {
      const text = entry.texts.get(name);
      return text === undefined ? '' : say.text(text ?? '(erased)');
    },
  };
  const registry = registries.find((one) => Object.hasOwn(one, entry.kind));
  const describe = registry?.[entry.kind];
  return describe === undefined
    ? `${who}: ${say.text(entry.kind.replaceAll(/[._]/g, ' '))}.`
    : describe(told);
}

function describeActor(actor: Actor, say: Say): string {
  if (actor.kind === 'person') return say.person(actor);
  return actor.kind === 'alert-source' ? `Alert source ${say.text(actor.id)}` : 'Tocsin';
}

function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
