import type { KnownBlock } from '@slack/types';
import type { Incident } from '../incidents/model.ts';
import type { HandlerContext } from './define-listener.ts';

export interface CommandContext extends HandlerContext {
  readonly channelId: string;
  /** What follows the subcommand, without the incident that was named first. Mentions come as <@U…>, <#C…|name>. */
  readonly args: string;
  readonly words: readonly string[];
  /** The incident named by INC-<n> or #<n> at the start, else the one of this channel. */
  readonly incident: Incident | null;
  /** The incident, or a CodedError whose sentence asks which and lists the open ones. */
  readonly requireIncident: () => Incident;
  /** All subcommands, by name: what the help is made of. */
  readonly commands: readonly CommandDefinition[];
}

/** Shown only to the person who typed the command. */
export interface CommandAnswer {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

export interface CommandDefinition {
  /** The word after /incident; also the file's name. */
  readonly name: string;
  /** One line for the help, starting with a verb. */
  readonly summary: string;
  /** What follows the name: "[INC-<n>] <text>"; empty when nothing does. */
  readonly usage: string;
  /** Whole lines as a person types them: "/incident ack INC-42". */
  readonly examples: readonly string[];
  /** Answers within 2 s. A CodedError's sentence is shown; undefined (after openModal) shows nothing. */
  readonly run: (context: CommandContext) => Promise<CommandAnswer | undefined>;
}

/** The default export of commands/<name>.ts. */
export function defineCommand(definition: CommandDefinition): CommandDefinition {
  return definition;
}

const TEXTS = ['name', 'summary', 'usage'] as const;

export function isCommand(value: unknown): value is CommandDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return (
    TEXTS.every((name) => typeof fields[name] === 'string') &&
    Array.isArray(fields['examples']) &&
    typeof fields['run'] === 'function'
  );
}
