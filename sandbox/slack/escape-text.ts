import type { World } from '../world.ts';

/**
 * Typed text as Slack sends it: `&`, `<` and `>` escaped, mentions and links as `<…>` tokens.
 *
 * @param where channels carry their name in commands: `<#C…|incidents>`
 */
export function escapeText(world: World, text: string, where: 'command' | 'message'): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .replaceAll(/(^|[\s(])(https?:\/\/[^\s|]+)/g, (_all, before: string, url: string) => `${before}<${url}>`)
    .replaceAll(
      /(^|[\s(,])@([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?)/gu,
      (all, before: string, name: string) => {
        const token = mention(world, name);
        return token === undefined ? all : `${before}${token}`;
      },
    )
    .replaceAll(/(^|[\s(,])#([\p{L}\p{N}_-]+)/gu, (all, before: string, name: string) => {
      const channel = world.slack.channels
        .values()
        .find((candidate) => candidate.name === name && !candidate.is_im);
      if (!channel) return all;
      return where === 'command' ? `${before}<#${channel.id}|${name}>` : `${before}<#${channel.id}>`;
    });
}

function mention(world: World, name: string): string | undefined {
  if (['here', 'channel', 'everyone'].includes(name)) return `<!${name}>`;
  const user = world.slack.users
    .values()
    .find((candidate) => candidate.name === name || candidate.id === name);
  if (user) return `<@${user.id}>`;
  const group = world.slack.usergroups.values().find((candidate) => candidate.handle === name);
  return group ? `<!subteam^${group.id}>` : undefined;
}
