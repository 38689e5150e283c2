import type { ModalView } from '@slack/types';
import { CodedError } from '../errors.ts';
import type { ViewAnswer } from './define-listener.ts';
import { handleForPerson } from './dispatch.ts';
import type { DispatchDeps } from './dispatch.ts';
import type { Incoming } from './incoming.ts';
import { parseModalValues } from './modal-values.ts';
import { noticeModal } from './notice-modal.ts';
import { asRecord, listOf, textOf } from './payload.ts';
import { tellPerson } from './tell-person.ts';

/** What Slack does with a submitted modal; undefined closes it. */
export type ViewReply =
  | { readonly response_action: 'errors'; readonly errors: Record<string, string> }
  | { readonly response_action: 'update'; readonly view: ModalView }
  | { readonly response_action: 'clear' };

/** A modal was submitted. Whatever goes wrong is said in the modal, and what was typed stays. */
export async function dispatchView(deps: DispatchDeps, incoming: Incoming): Promise<ViewReply | undefined> {
  const view = asRecord(incoming.body['view']);
  const callbackId = textOf(view['callback_id']);
  const handled = await handleForPerson(
    deps,
    incoming,
    { door: 'view', name: callbackId },
    async (limited, context) => {
      const handler = limited.listeners.views.get(callbackId);
      if (handler === undefined) {
        throw new CodedError('not_found', 'I do not know that form (any more); nothing was changed.');
      }
      return handler({
        ...context,
        viewId: textOf(view['id']),
        id: textOf(view['private_metadata']),
        values: parseModalValues(view['state']),
      });
    },
  );
  if (handled.kind === 'repeat') return undefined;
  if (handled.kind === 'failed') return toError(view, handled.error.userMessage);
  return toReply(deps, incoming, handled.value);
}

/** Under the first input, so that nothing that was typed is lost; without inputs in the modal's place. */
function toError(view: Readonly<Record<string, unknown>>, sentence: string): ViewReply {
  const firstInput = listOf(view['blocks'])
    .map(asRecord)
    .find((block) => block['type'] === 'input');
  const blockId = textOf(firstInput?.['block_id']);
  if (blockId === '') return { response_action: 'update', view: noticeModal(sentence) };
  return { response_action: 'errors', errors: { [blockId]: sentence } };
}

function toReply(deps: DispatchDeps, incoming: Incoming, answer: ViewAnswer): ViewReply | undefined {
  if (answer.errors !== undefined) return { response_action: 'errors', errors: { ...answer.errors } };
  if (answer.update !== undefined) return { response_action: 'update', view: answer.update };
  if (answer.clear !== undefined) return { response_action: 'clear' };
  if (answer.ephemeral === undefined || answer.ephemeral === '') return undefined;
  if (answer.channelId === undefined)
    return { response_action: 'update', view: noticeModal(answer.ephemeral) };
  // Told after the modal has closed; tellPerson logs what goes wrong.
  const place = { ...incoming, channelId: answer.channelId, body: {} };
  void tellPerson(deps, place, answer.ephemeral);
  return undefined;
}
