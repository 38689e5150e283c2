import { CodedError } from '../src/errors.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import type { CommandDefinition } from '../src/slack/define-command.ts';
import { code } from '../src/slack/text.ts';

export default defineCommand({
  name: 'help',
  summary: 'Show what you can do here',
  usage: '[command]',
  examples: ['/incident help', '/incident help ack'],
  run: async ({ words, commands }) => {
    const [name] = words;
    if (name === undefined) return Promise.resolve({ text: describeAll(commands) });
    const command = commands.find((one) => one.name === name.toLowerCase());
    if (command === undefined) {
      throw new CodedError(
        'not_found',
        `I do not know ${code(name.slice(0, 40))}. \`/incident help\` shows all commands.`,
      );
    }
    return Promise.resolve({ text: describeOne(command) });
  },
});

function describeAll(commands: readonly CommandDefinition[]): string {
  const lines = [...commands]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((command) => `• ${usageOf(command)}  ${command.summary}`);
  return [
    '*What you can do*',
    ...lines,
    'In the channel of an incident it is implied; elsewhere name it first, as in `INC-42`.',
  ].join('\n');
}

function describeOne(command: CommandDefinition): string {
  const examples = command.examples.map((example) => `• \`${example}\``);
  return [
    usageOf(command),
    command.summary,
    ...(examples.length > 0 ? ['For example:', ...examples] : []),
  ].join('\n');
}

/** Usages are ours, not foreign text: angle brackets in them are shown. */
function usageOf(command: CommandDefinition): string {
  return code(`/incident ${command.name} ${command.usage}`.trim());
}
