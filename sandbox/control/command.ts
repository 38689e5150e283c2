import type { FastifyInstance } from 'fastify';

import { SlackApiError } from '../slack/api-error.ts';
import { isObject } from '../slack/args.ts';
import { deliver, type Delivered } from '../slack/deliver.ts';
import { escapeText } from '../slack/escape-text.ts';
import { channelName, newResponseUrl, newTrigger, VERIFICATION_TOKEN } from '../slack/payloads.ts';
import { APP_ID, TEAM } from '../slack/personas.ts';
import { putMessage } from '../slack/put-message.ts';
import { respond } from '../slack/response-url.ts';
import type { Channel, SlackUser } from '../slack/types.ts';
import type { World } from '../world.ts';
import { body, need } from './body.ts';
import { actor, ControlRefusal, seenChannel } from './refuse.ts';

/** A slash command, typed by a person. */
export function registerCommand(app: FastifyInstance, world: World): void {
  app.post('/control/command', async (request) => {
    const given = body(request);
    const user = actor(world, given.as);
    const channel = seenChannel(world, given.channel, user);
    if (channel.is_archived) throw new ControlRefusal('The channel is archived.');
    const command = need(given, 'command');
    const known = world.slack.manifest.commands;
    const definition = known.find((candidate) => candidate.command === command);
    if (known.length > 0 && !definition) throw new ControlRefusal(`${command} is not a valid command.`);
    const typed = typeof given.text === 'string' ? given.text : '';
    const text = definition && !definition.should_escape ? typed : escapeText(world, typed, 'command');
    const result = await deliver(world, {
      kind: 'command',
      payload: payloadOf(world, { user, channel, command, text }),
    });
    return { ...result, ...show(world, { user, channel, command }, result) };
  });
}

function payloadOf(
  world: World,
  given: { user: SlackUser; channel: Channel; command: string; text: string },
): Record<string, string> {
  const { user, channel, command, text } = given;
  return {
    token: VERIFICATION_TOKEN,
    team_id: user.team_id,
    team_domain: user.team_id === TEAM.id ? TEAM.domain : 'other',
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: newResponseUrl(world, { user: user.id, channel: channel.id }),
    trigger_id: newTrigger(world, user.id),
  };
}

/** Shows the answer that came with the acknowledgement, or Slack's own line when there was none. */
function show(
  world: World,
  given: { user: SlackUser; channel: Channel; command: string },
  result: Delivered,
): { error?: string } {
  const { user, channel, command } = given;
  const fail = (code: string): { error: string } => {
    const text = `${command} failed with the error "${code}"`;
    putMessage(world, { channel: channel.id, user: 'USLACKBOT', text, ephemeral: user.id });
    return { error: code };
  };
  if (result.error === 'http_timeout') return fail('operation_timeout');
  if (result.error !== undefined)
    return fail(result.status > 0 ? 'dispatch_failed' : 'dispatch_unknown_error');
  const answer = isObject(result.body)
    ? result.body
    : { text: typeof result.body === 'string' ? result.body : '' };
  if (answer.text === undefined && answer.blocks === undefined && answer.attachments === undefined) return {};
  if (answer.text === '' && answer.blocks === undefined) return {};
  try {
    respond(world, { user: user.id, channel: channel.id }, answer);
    return {};
  } catch (error) {
    if (error instanceof SlackApiError) return fail('invalid_command_response');
    throw error;
  }
}
