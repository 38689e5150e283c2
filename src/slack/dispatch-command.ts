import type { KnownBlock } from '@slack/types';
import { CodedError } from '../errors.ts';
import type { CommandAnswer, CommandContext, CommandDefinition } from './define-command.ts';
import type { HandlerContext } from './define-listener.ts';
import { handleForPerson } from './dispatch.ts';
import type { DispatchDeps, VerifiedDeps } from './dispatch.ts';
import { askWhich, findReferred, splitReference } from './incident-reference.ts';
import type { Incoming } from './incoming.ts';
import { nearestName } from './nearest-name.ts';
import { textOf } from './payload.ts';
import { code } from './text.ts';

/** The body of the answer to a slash command; undefined shows nothing. */
export interface CommandReply {
  readonly response_type: 'ephemeral';
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

/** `/incident <name> …`: finds the command, whom and what it is about, and answers to the person alone. */
export async function dispatchCommand(
  deps: DispatchDeps,
  incoming: Incoming,
): Promise<CommandReply | undefined> {
  const { name, rest } = splitName(textOf(incoming.body['text']));
  const command = deps.commands.get(name);
  const handled = await handleForPerson(
    deps,
    incoming,
    { door: 'command', name: command?.name ?? 'unknown' },
    async (limited, context) => {
      if (command === undefined) return { text: explainUnknown(name, [...deps.commands.keys()]) };
      return command.run(await createContext(limited, incoming, { context, command, rest }));
    },
  );
  if (handled.kind === 'repeat') return undefined;
  return toReply(handled.kind === 'failed' ? { text: handled.error.userMessage } : handled.value);
}

function toReply(answer: CommandAnswer | undefined): CommandReply | undefined {
  if (answer === undefined) return undefined;
  return { response_type: 'ephemeral', ...answer };
}

interface CommandInput {
  readonly context: HandlerContext;
  readonly command: CommandDefinition;
  readonly rest: string;
}

async function createContext(
  deps: VerifiedDeps,
  incoming: Incoming,
  { context, command, rest }: CommandInput,
): Promise<CommandContext> {
  const named = splitReference(rest);
  const incident = await findReferred(deps.db, named.reference, incoming.channelId);
  deps.about.incidentId = incident?.id ?? null;
  const which = incident === null ? await askWhich(deps.db, command.name, incoming.channelId) : undefined;
  return {
    ...context,
    channelId: incoming.channelId,
    args: named.rest,
    words: named.rest === '' ? [] : named.rest.split(/\s+/),
    incident,
    requireIncident: () => {
      if (incident !== null) return incident;
      throw which ?? new CodedError('bad_input', 'Which incident? Name it by its number, as INC-42.');
    },
    commands: [...deps.commands.values()],
  };
}

/** Without a name it is the help. */
function splitName(text: string): { readonly name: string; readonly rest: string } {
  const [first = '', ...others] = text.trim().split(/\s+/);
  return {
    name: first === '' ? 'help' : first.toLowerCase(),
    rest: text.trim().slice(first.length).trim() || others.join(' '),
  };
}

function explainUnknown(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  const meant = nearest === undefined ? '' : ` Did you mean \`/incident ${nearest}\`?`;
  return `I do not know ${code(name.slice(0, 40))}.${meant} \`/incident help\` shows all commands.`;
}
