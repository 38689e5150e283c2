import type { ModalView } from '@slack/types';
import type { Deps } from '../deps.ts';
import { CodedError, toCodedError } from '../errors.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import { resolvePerson } from '../people/resolve-person.ts';
import { checkOrigin } from './check-origin.ts';
import type { CommandDefinition } from './define-command.ts';
import type { HandlerContext, OpenModal } from './define-listener.ts';
import { slackErrorOf } from './gateway/classify-error.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { GetIdentity } from './identity.ts';
import type { Incoming } from './incoming.ts';
import { asRecord, textOf } from './payload.ts';
import type { ListenerTables } from './register-listeners.ts';
import { isFirstSeen } from './seen-requests.ts';
import { withTimeLimit } from './time-limit.ts';

export interface DispatchDeps extends Deps {
  readonly gateway: Gateway;
  readonly identity: GetIdentity;
  readonly commands: ReadonlyMap<string, CommandDefinition>;
  readonly listeners: ListenerTables;
}

/** Through which door somebody came, and to what: for the log. */
export interface Door {
  readonly door: 'command' | 'action' | 'modal-action' | 'view' | 'shortcut';
  readonly name: string;
}

export interface VerifiedDeps extends DispatchDeps {
  /** The incident that the refusal of this person belongs to, once it is known. */
  readonly about: { incidentId: string | null };
}

/** What happened to a delivery. A repeat of one that was seen before has no effect and no answer. */
export type Handled<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: CodedError }
  | { readonly kind: 'repeat' };

/**
 * The way of each click, command and form: for us? seen before? who is it? then `work`, all within Slack's time. Never
 * throws; refusals are in the log, failures in the process log, and the error has the sentence for the person.
 */
export async function handleForPerson<T>(
  deps: DispatchDeps,
  incoming: Incoming,
  door: Door,
  work: (deps: VerifiedDeps, context: HandlerContext) => Promise<T>,
): Promise<Handled<T>> {
  try {
    return await withTimeLimit(deps.db, async (db) => {
      const limited: VerifiedDeps = { ...deps, db, about: { incidentId: null } };
      try {
        checkOrigin(await deps.identity(), incoming);
        if (!(await isFirstSeen(db, incoming.keys))) return { kind: 'repeat' };
        const person = await resolvePerson(limited, incoming.user);
        const context = createContext(deps, limited, incoming, person);
        return { kind: 'answered', value: await work(limited, context) };
      } catch (error) {
        await logRefusal(limited, incoming, door, error);
        throw error;
      }
    });
  } catch (thrown) {
    const error = toCodedError(thrown);
    const level = error.code === 'internal' || error.code === 'config' ? 'error' : 'info';
    deps.log[level]({ err: error, ...door }, 'a person was answered with an error');
    return { kind: 'failed', error };
  }
}

function createContext(
  deps: DispatchDeps,
  limited: Deps,
  incoming: Incoming,
  person: Person,
): HandlerContext {
  return {
    deps: limited,
    person,
    user: incoming.user,
    triggerId: incoming.triggerId,
    openModal: (view) => openModal(deps, incoming, view),
    afterwards: (work) => {
      work(deps).catch((error: unknown) =>
        deps.log.error({ err: toCodedError(error) }, 'what should follow an answer failed'),
      );
    },
  };
}

/** Slack's words for a click that is too old to open something, or has opened something already. */
const TOO_LATE: ReadonlySet<string> = new Set([
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger_id',
]);

/** Opens a modal, or puts it on top of the one that was acted in. */
export async function openModal(
  deps: Pick<DispatchDeps, 'gateway'>,
  incoming: Incoming,
  view: ModalView,
): Promise<OpenModal> {
  const isInModal = incoming.body['view'] !== undefined;
  try {
    const answer = await deps.gateway.answer(isInModal ? 'views.push' : 'views.open', {
      trigger_id: incoming.triggerId,
      view,
    });
    return modalOf(deps, textOf(asRecord(answer['view'])['id']));
  } catch (error) {
    if (!TOO_LATE.has(slackErrorOf(error) ?? '')) throw error;
    throw new CodedError(
      'unavailable',
      'Slack opens a form within three seconds only; please do that again.',
      {
        cause: error,
      },
    );
  }
}

export function modalOf(deps: Pick<DispatchDeps, 'gateway'>, viewId: string): OpenModal {
  return {
    viewId,
    update: async (view) => {
      await deps.gateway.answer('views.update', { view_id: viewId, view });
    },
  };
}

/** A refusal of somebody whom Slack identified is a fact of the log, unless the feature that refused wrote it itself. */
async function logRefusal(deps: VerifiedDeps, incoming: Incoming, door: Door, error: unknown): Promise<void> {
  if (!(error instanceof CodedError) || error.code !== 'not_allowed') return;
  if (error.details['logged'] === true || incoming.user.userId === '') return;
  const reason = error.details['reason'];
  await deps.db.transaction((tx) =>
    appendLog(tx, {
      incidentId: deps.about.incidentId,
      kind: 'access.refused',
      actor: { kind: 'person', ...incoming.user },
      data: {
        door: door.door,
        name: door.name,
        reason: typeof reason === 'string' ? reason : 'not_allowed',
        channelId: incoming.channelId,
      },
    }),
  );
}
