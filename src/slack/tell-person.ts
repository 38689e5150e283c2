import type { DispatchDeps } from './dispatch.ts';
import { openModal } from './dispatch.ts';
import type { Incoming } from './incoming.ts';
import { noticeModal } from './notice-modal.ts';

/**
 * Tells the person who acted something that only they see: under the message by its response_url, else as an ephemeral
 * message in the channel, else in a modal. Failing that is logged: there is nobody left to tell.
 */
export async function tellPerson(deps: DispatchDeps, incoming: Incoming, text: string): Promise<void> {
  try {
    if (incoming.responseUrl !== '') {
      const body = { response_type: 'ephemeral', replace_original: false, text };
      await deps.gateway.respond(incoming.responseUrl, body);
    } else if (incoming.channelId !== '' && incoming.body['view'] === undefined) {
      const message = { channel: incoming.channelId, user: incoming.user.userId, text };
      await deps.gateway.answer('chat.postEphemeral', message);
    } else {
      await openModal(deps, incoming, noticeModal(text));
    }
  } catch (error) {
    deps.log.warn({ err: error }, 'a person could not be told what came of their action');
  }
}
