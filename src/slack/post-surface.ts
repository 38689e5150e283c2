import { CodedError } from '../errors.ts';
import type { SurfaceKind } from '../surfaces/model.ts';
import { recordShown } from '../surfaces/store.ts';
import type { SlackMessage } from './define-renderer.ts';
import { findMessage, isSurfaceMessage, SURFACE_EVENT } from './find-message.ts';
import { hadNoEffect } from './gateway/classify-error.ts';
import { toArguments } from './message-arguments.ts';
import { textOf } from './payload.ts';
import type { PayloadRecord } from './payload.ts';
import type { ShowInput } from './refresh-surface.ts';
import { findEarlierTry, forgetMessage, noteMessage, noteTry, renewLease } from './surface-lease.ts';
import type { EarlierTry } from './surface-lease.ts';

/** Kinds of which two would be worse than none for a while: they are never sent again unseen. */
const HELD: ReadonlySet<SurfaceKind> = new Set(['approval', 'execution']);
/** Minutes after which other kinds are sent again, marked, when the channel cannot be read back. */
const REPEAT_AFTER_MINUTES = 10;
const REPEAT_MARK = ':repeat: _Possible repeat: Slack did not say whether this arrived before._';

type Outcome = 'shown' | 'again' | 'stop';

/**
 * Posts a message that has none in Slack yet, once: when an earlier try may have left it there, looks for it first and
 * adopts it. After a try without an answer it looks at once; if nothing is found, the job tries again later.
 */
export async function postSurface(input: ShowInput, channelId: string): Promise<Outcome> {
  const { deps, surface, lease } = input;
  const earlier = await findEarlierTry(deps.db, surface.id);
  let isRepeat = false;
  if (earlier !== undefined) {
    const look = await lookFor(input, channelId, earlier);
    if (look === 'adopted') return 'again';
    isRepeat = look === 'blind';
    if (!(await renewLease(deps.db, lease))) return 'stop';
  }
  if (surface.retiredAt !== null) {
    // A newer message stands for it, and it never came to be (or is gone): nothing is posted any more.
    await recordShown(deps.db, surface.id, surface.wanted, '');
    return 'stop';
  }
  let answer: PayloadRecord;
  try {
    answer = await deps.gateway.call('chat.postMessage', toPost(input, channelId, isRepeat), {
      urgency: surface.urgency,
      beforeSend: () => noteTry(deps.db, surface.id, isRepeat),
    });
  } catch (error) {
    return afterFailedPost(input, channelId, error, earlier);
  }
  // When this cannot be recorded the message is there all the same: the note of the try stays, and the next one looks.
  const posted = { channelId: textOf(answer['channel']) || channelId, ts: textOf(answer['ts']) };
  await noteMessage(deps.db, surface.id, posted);
  return 'shown';
}

async function afterFailedPost(
  input: ShowInput,
  channelId: string,
  error: unknown,
  earlier: EarlierTry | undefined,
): Promise<Outcome> {
  const { deps, surface } = input;
  if (hadNoEffect(error)) {
    // A first try that Slack refused needs no look next time; an earlier one without an answer still does.
    if (earlier === undefined) await forgetMessage(deps.db, surface.id);
    throw error;
  }
  const tried = await findEarlierTry(deps.db, surface.id);
  if (tried !== undefined && (await lookFor(input, channelId, tried)) === 'adopted') return 'again';
  throw error;
}

/**
 * Looks for what an earlier try left.
 * @returns `blind` when the channel cannot be read and the message may be sent again, marked as a possible repeat
 */
async function lookFor(
  input: ShowInput,
  channelId: string,
  earlier: EarlierTry,
): Promise<'adopted' | 'absent' | 'blind'> {
  const { deps, surface } = input;
  const { botUserId } = await deps.identity();
  try {
    const found = await findMessage(
      deps.gateway,
      { channelId, since: earlier.triedAt, urgency: surface.urgency },
      (message) => isSurfaceMessage(message, surface.id, botUserId),
    );
    if (found === undefined) return 'absent';
    await noteMessage(deps.db, surface.id, { channelId, ts: textOf(found['ts']) });
    deps.log.info(
      { surfaceId: surface.id, kind: surface.kind },
      'found the message that an earlier try left',
    );
    return 'adopted';
  } catch (error) {
    const mayRepeat =
      !HELD.has(surface.kind) && !earlier.repeated && earlier.minutesAgo >= REPEAT_AFTER_MINUTES;
    if (mayRepeat) return 'blind';
    throw new CodedError('unavailable', 'A message is unconfirmed, and its channel cannot be read back.', {
      cause: error,
      details: { surface: surface.id, kind: surface.kind },
    });
  }
}

function toPost(input: ShowInput, channelId: string, isRepeat: boolean): Readonly<Record<string, unknown>> {
  const { surface, message } = input;
  return {
    channel: channelId,
    ...toArguments(isRepeat ? asRepeat(message) : message),
    metadata: { event_type: SURFACE_EVENT, event_payload: { id: surface.id } },
  };
}

function asRepeat(message: SlackMessage): SlackMessage {
  return {
    text: `${message.text} (possible repeat)`,
    blocks: [...message.blocks, { type: 'context', elements: [{ type: 'mrkdwn', text: REPEAT_MARK }] }],
  };
}
