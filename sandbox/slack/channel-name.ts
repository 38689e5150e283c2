import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';

const NAME_MAX = 80;

/**
 * A channel name that Slack would take.
 *
 * @throws SlackApiError invalid_name_…, name_taken; names of archived channels stay taken
 */
export function checkName(world: World, name: string): string {
  if (name === '') throw new SlackApiError('invalid_name_required');
  if (name.length > NAME_MAX) throw new SlackApiError('invalid_name_maxlength');
  if (/^[-_]+$/.test(name)) throw new SlackApiError('invalid_name_punctuation');
  if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) throw new SlackApiError('invalid_name_specials');
  if (world.slack.channels.values().some((channel) => !channel.is_im && channel.name === name)) {
    throw new SlackApiError('name_taken');
  }
  return name;
}
