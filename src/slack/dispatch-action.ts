import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '../errors.ts';
import { getIncident } from '../incidents/store.ts';
import { findSurfaceByMessage, isPosting } from '../surfaces/store.ts';
import type { Surface } from '../surfaces/model.ts';
import type { ActionInput, Answer, HandlerContext } from './define-listener.ts';
import { handleForPerson, modalOf } from './dispatch.ts';
import type { DispatchDeps, VerifiedDeps } from './dispatch.ts';
import type { Incoming } from './incoming.ts';
import { parseModalValues, readElement } from './modal-values.ts';
import { asRecord, listOf, textOf } from './payload.ts';

/** Action ids of buttons that only open an address: Slack reports the click, and there is nothing to do. */
const LINK = /^link\./;

/**
 * A button, select or checkbox was used. In a message it counts only when the message is a surface of ours: a copy of a
 * button elsewhere, or one in a card that a newer one has replaced, does nothing.
 * @returns what the person alone should read; empty for nothing
 */
export async function dispatchAction(deps: DispatchDeps, incoming: Incoming): Promise<string> {
  const action = readAction(incoming);
  if (LINK.test(action.actionId)) return '';
  const isInModal = incoming.body['view'] !== undefined;
  const door = { door: isInModal ? ('modal-action' as const) : ('action' as const), name: action.actionId };
  const handled = await handleForPerson(deps, incoming, door, (limited, context) =>
    isInModal
      ? runInModal(limited, incoming, { context, action })
      : runInMessage(limited, incoming, { context, action }),
  );
  if (handled.kind === 'repeat') return '';
  return handled.kind === 'failed' ? handled.error.userMessage : (handled.value.ephemeral ?? '');
}

interface Run {
  readonly context: HandlerContext;
  readonly action: ActionInput;
}

async function runInMessage(deps: VerifiedDeps, incoming: Incoming, run: Run): Promise<Answer> {
  const surface = await requireSurface(deps, incoming);
  const handler = deps.listeners.actions.get(run.action.actionId);
  if (handler === undefined) throw unknownAction();
  const incident =
    surface.incidentId === null ? null : ((await getIncident(deps.db, surface.incidentId)) ?? null);
  return handler({ ...run.context, action: run.action, surface, incident });
}

async function requireSurface(deps: VerifiedDeps, incoming: Incoming): Promise<Surface> {
  const container = asRecord(incoming.body['container']);
  const channelId = textOf(container['channel_id']);
  const ts = textOf(container['message_ts']);
  const surface = await findShown(deps, channelId, ts);
  if (surface === undefined || container['type'] !== 'message' || incoming.channelId !== channelId) {
    throw new CodedError('not_allowed', 'That button is not in a message of mine; nothing was changed.', {
      details: { reason: 'foreign_surface' },
    });
  }
  deps.about.incidentId = surface.incidentId;
  if (surface.retiredAt !== null) {
    throw new CodedError(
      'conflict',
      'A newer message stands for this one now; please use that. Nothing was changed.',
    );
  }
  return surface;
}

async function runInModal(deps: VerifiedDeps, incoming: Incoming, run: Run): Promise<Answer> {
  const handler = deps.listeners.modalActions.get(run.action.actionId);
  if (handler === undefined) throw unknownAction();
  const view = asRecord(incoming.body['view']);
  return handler({
    ...run.context,
    action: run.action,
    modal: modalOf(deps, textOf(view['id'])),
    id: textOf(view['private_metadata']),
    values: parseModalValues(view['state']),
  });
}

/** Milliseconds that a click waits for the post of its message to be recorded, within Slack's three seconds. */
const WAIT_MS = 1_200;
const STEP_MS = 100;

/** People can click a message before Slack's answer to its post is stored: they see it first. */
async function findShown(deps: VerifiedDeps, channelId: string, ts: string): Promise<Surface | undefined> {
  for (let waited = 0; ; waited += STEP_MS) {
    const isOnItsWay = await isPosting(deps.db, channelId);
    const surface = await findSurfaceByMessage(deps.db, channelId, ts);
    if (surface !== undefined || !isOnItsWay) return surface;
    if (waited >= WAIT_MS) {
      throw new CodedError(
        'unavailable',
        'A message is being posted here just now, and I cannot tell yet whether this is it. Nothing was changed; please click once more.',
      );
    }
    await delay(STEP_MS);
  }
}

function readAction(incoming: Incoming): ActionInput {
  const action = asRecord(listOf(incoming.body['actions'])[0]);
  const { value, selected } = readElement(action);
  return {
    actionId: textOf(action['action_id']),
    blockId: textOf(action['block_id']),
    value: value ?? '',
    selected,
    order: microseconds(textOf(action['action_ts'])),
  };
}

/** "1699999999.000123" → 1699999999000123; 0 when it is no such time. */
function microseconds(ts: string): number {
  return /^\d{1,10}\.\d{6}$/.test(ts) ? Number(ts.replace('.', '')) : 0;
}

function unknownAction(): CodedError {
  return new CodedError('not_found', 'I do not know that button (any more); nothing was changed.');
}
