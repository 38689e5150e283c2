import { CodedError } from '../errors.ts';
import { findIncidentByChannel } from '../incidents/store.ts';
import type { ShortcutContext } from './define-listener.ts';
import { handleForPerson } from './dispatch.ts';
import type { DispatchDeps } from './dispatch.ts';
import type { Incoming } from './incoming.ts';
import { asRecord, isRecord, textOf } from './payload.ts';

/** A global or message shortcut was used. @returns what the person alone should read; empty for nothing */
export async function dispatchShortcut(deps: DispatchDeps, incoming: Incoming): Promise<string> {
  const callbackId = textOf(incoming.body['callback_id']);
  const handled = await handleForPerson(
    deps,
    incoming,
    { door: 'shortcut', name: callbackId },
    async (limited, context) => {
      const handler = limited.listeners.shortcuts.get(callbackId);
      if (handler === undefined) throw new CodedError('not_found', 'I do not know that shortcut (any more).');
      const { channelId } = incoming;
      const incident = channelId === '' ? undefined : await findIncidentByChannel(limited.db, channelId);
      limited.about.incidentId = incident?.id ?? null;
      return handler({
        ...context,
        channelId: channelId === '' ? null : channelId,
        message: readMessage(incoming),
        incident: incident ?? null,
      });
    },
  );
  if (handled.kind === 'repeat') return '';
  return handled.kind === 'failed' ? handled.error.userMessage : (handled.value.ephemeral ?? '');
}

function readMessage(incoming: Incoming): ShortcutContext['message'] {
  if (!isRecord(incoming.body['message'])) return null;
  const message = asRecord(incoming.body['message']);
  return {
    ts: textOf(message['ts']),
    text: textOf(message['text']),
    userId: textOf(message['user']) || null,
  };
}
