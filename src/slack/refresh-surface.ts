import { createHash } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import type { Surface, SurfaceKind } from '../surfaces/model.ts';
import { getSurface, recordShown } from '../surfaces/store.ts';
import type { RendererDefinition, SlackMessage } from './define-renderer.ts';
import { slackErrorOf } from './gateway/classify-error.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { GetIdentity } from './identity.ts';
import { postSurface } from './post-surface.ts';
import { forgetMessage, noteUpdate, releaseLease, renewLease, takeLease } from './surface-lease.ts';
import type { Lease } from './surface-lease.ts';
import { toArguments } from './message-arguments.ts';

export interface RefreshSurfaceDeps extends Deps {
  readonly gateway: Gateway;
  readonly identity: GetIdentity;
  readonly renderers: ReadonlyMap<SurfaceKind, RendererDefinition>;
}

/** Renderings in one run before it goes back to the queue. */
const ROUNDS = 4;
/** Seconds between two changes of one message: chat.update has 50 a minute for the whole workspace. */
const CALM_SECONDS = 2;

/** Slack's words for a message that is not there any more: it is posted anew. */
const GONE: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
/** Slack's words for a place that takes no messages (any more): nothing to do until it is wanted again. */
const CLOSED: ReadonlySet<string> = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'is_inactive',
  'restricted_action_read_only_channel',
]);

/** Slack's words for blocks it does not take: the text alone is better than no message. */
const UNSHOWABLE: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
]);

/** The job that brings one message of ours in line with stored state: post, update, or nothing when it shows it. */
export async function refreshSurface(deps: RefreshSurfaceDeps, surfaceId: string): Promise<void> {
  const lease = await takeLease(deps.db, surfaceId, deps.newId());
  if (lease === undefined) return;
  if ('heldFor' in lease) {
    // The holder sees what is wanted when it ends; but if it died, somebody must come back after its lease.
    throw new CodedError('rate_limited', 'Another replica is drawing this message.', {
      retryAfterSeconds: lease.heldFor,
    });
  }
  let retryIn: number | undefined;
  try {
    await refreshUnderLease(deps, lease);
  } catch (error) {
    // Put back by us instead of the queue, to keep the urgency of what it is about.
    if (!(error instanceof CodedError) || error.code !== 'rate_limited') throw error;
    retryIn = error.retryAfterSeconds ?? CALM_SECONDS;
  } finally {
    const isBehind = await giveBack(deps, lease);
    if (isBehind) retryIn ??= CALM_SECONDS;
  }
  if (retryIn !== undefined) await enqueueAgain(deps, surfaceId, retryIn);
}

async function giveBack(deps: RefreshSurfaceDeps, lease: Lease): Promise<boolean> {
  try {
    return await releaseLease(deps.db, lease);
  } catch (error) {
    deps.log.warn(
      { err: error, ...lease },
      'a lease on a message could not be given back; it ends by itself',
    );
    return false;
  }
}

async function refreshUnderLease(deps: RefreshSurfaceDeps, lease: Lease): Promise<void> {
  let sinceSent = lease.sinceSent;
  for (let round = 0; round < ROUNDS; round += 1) {
    const surface = await getSurface(deps.db, lease.surfaceId);
    if (surface === undefined) return;
    if (surface.ts !== null && surface.shown >= surface.wanted) return;
    const message = await render(deps, surface);
    const hash = message === null ? '' : hashOf(message);
    if (message !== null && hash !== surface.shownHash) {
      if (surface.ts !== null && sinceSent !== null && sinceSent < CALM_SECONDS) return;
      const outcome = await show({ deps, lease, surface, message, hash });
      if (outcome === 'stop') return;
      if (outcome === 'again') continue;
      sinceSent = 0;
    }
    if (await recordShown(deps.db, surface.id, surface.wanted, hash)) return;
  }
}

async function render(deps: RefreshSurfaceDeps, surface: Surface): Promise<SlackMessage | null> {
  const renderer = deps.renderers.get(surface.kind);
  if (renderer === undefined) {
    throw new CodedError('unavailable', `This version draws no messages of kind ${surface.kind}.`);
  }
  return renderer.render(deps, surface);
}

export interface ShowInput {
  readonly deps: RefreshSurfaceDeps;
  readonly lease: Lease;
  readonly surface: Surface;
  readonly message: SlackMessage;
  readonly hash: string;
}

type Outcome = 'shown' | 'again' | 'stop';

async function show(input: ShowInput): Promise<Outcome> {
  const { deps, surface, lease } = input;
  if (surface.channelId === null) {
    deps.log.error({ surfaceId: surface.id, kind: surface.kind }, 'a message has no channel to go to');
    await recordShown(deps.db, surface.id, surface.wanted, '');
    return 'stop';
  }
  if (!(await renewLease(deps.db, lease))) return 'stop';
  try {
    if (surface.ts === null) return await postSurface(input, surface.channelId);
    return await update(input, surface.channelId, surface.ts);
  } catch (error) {
    return afterFailure(input, error);
  }
}

async function update(input: ShowInput, channelId: string, ts: string): Promise<Outcome> {
  const { deps, surface, message } = input;
  await deps.gateway.call(
    'chat.update',
    { channel: channelId, ts, ...toArguments(message) },
    { urgency: surface.urgency },
  );
  await noteUpdate(deps.db, surface.id);
  return 'shown';
}

async function afterFailure(input: ShowInput, error: unknown): Promise<Outcome> {
  const { deps, surface } = input;
  const slack = slackErrorOf(error) ?? '';
  const facts = { surfaceId: surface.id, kind: surface.kind, incidentId: surface.incidentId, slack };
  if (surface.ts !== null && GONE.has(slack)) {
    deps.log.info(facts, 'a message of ours is gone from Slack; it is posted anew');
    await forgetMessage(deps.db, surface.id);
    return 'again';
  }
  if (UNSHOWABLE.has(slack) && input.message.blocks.length > 0) {
    deps.log.error(
      { ...facts, err: error },
      'Slack does not take the blocks of a message; its text is shown alone',
    );
    return show({ ...input, message: { text: input.message.text, blocks: [] } });
  }
  if (CLOSED.has(slack)) {
    deps.log.warn(facts, 'a message cannot be shown: its channel is archived, missing or closed to Tocsin');
    await recordShown(deps.db, surface.id, surface.wanted, '');
    return 'stop';
  }
  throw error;
}

/** @param delaySeconds so that changes of one message keep their distance */
async function enqueueAgain(
  deps: RefreshSurfaceDeps,
  surfaceId: string,
  delaySeconds: number,
): Promise<void> {
  const surface = await getSurface(deps.db, surfaceId);
  if (surface === undefined) return;
  await deps.enqueue(
    deps.db,
    'refresh-surface',
    { surfaceId },
    { key: surfaceId, urgency: surface.urgency, delaySeconds },
  );
}

function hashOf(message: SlackMessage): string {
  return createHash('sha256')
    .update(JSON.stringify([message.text, message.blocks]))
    .digest('base64url');
}
