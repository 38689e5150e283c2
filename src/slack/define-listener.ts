import type { ModalView } from '@slack/types';
import type { Deps } from '../deps.ts';
import type { Incident } from '../incidents/model.ts';
import type { Person, SlackUser } from '../people/model.ts';
import type { Surface } from '../surfaces/model.ts';
import type { ModalValues } from './modal-values.ts';

/** A modal that was opened: `update` redraws it, for instance when the cluster has answered. */
export interface OpenModal {
  readonly viewId: string;
  readonly update: (view: ModalView) => Promise<void>;
}

/** Opens a modal over the person's trigger, which Slack accepts once and for three seconds: open first, load then. */
export type OpenModalFor = (view: ModalView) => Promise<OpenModal>;

/** What every handler is given. `person` was verified: strangers, guests, bots and deactivated people were refused. */
export interface HandlerContext {
  /** `db` of these gives up at the time limit of an answer: nothing is committed after the person was told so. */
  readonly deps: Deps;
  readonly person: Person;
  readonly user: SlackUser;
  readonly triggerId: string;
  readonly openModal: OpenModalFor;
  /** Goes on after the answer, without its time limit: fills a modal when the cluster has answered. Failures are logged. */
  readonly afterwards: (work: (deps: Deps) => Promise<void>) => void;
}

export interface ActionInput {
  readonly actionId: string;
  readonly blockId: string;
  /** A button's value or the single selection; empty when there is none. */
  readonly value: string;
  /** All selected values of checkboxes and selects. */
  readonly selected: readonly string[];
  /** Slack's `action_ts` in microseconds: orders the clicks of one person, however late they arrive. */
  readonly order: number;
}

export interface ActionContext extends HandlerContext {
  readonly action: ActionInput;
  /** The message of ours that holds the button; a button in any other message was refused before. */
  readonly surface: Surface;
  readonly incident: Incident | null;
}

export interface ModalActionContext extends HandlerContext {
  readonly action: ActionInput;
  readonly modal: OpenModal;
  /** The opaque id that the modal was given as private_metadata; its row is the only truth. */
  readonly id: string;
  readonly values: ModalValues;
}

export interface ViewContext extends HandlerContext {
  readonly viewId: string;
  /** The opaque id that the modal was given as private_metadata; its row is the only truth. */
  readonly id: string;
  /** Read them with `input(values, blockId)` and `inputs(values, blockId)` of modal-values.ts. */
  readonly values: ModalValues;
}

export interface ShortcutContext extends HandlerContext {
  /** Where a message shortcut was used; null for a global one. */
  readonly channelId: string | null;
  readonly message: { readonly ts: string; readonly text: string; readonly userId: string | null } | null;
  /** The incident of the channel, if it is one's. */
  readonly incident: Incident | null;
}

export interface EventContext {
  readonly deps: Deps;
  readonly teamId: string;
  /** Slack's event, unverified beyond its signature: check what you use. */
  readonly event: Readonly<Record<string, unknown>>;
}

/** Shown only to the person who acted. Nothing to say is fine when the surface changes under their eyes. */
export interface Answer {
  readonly ephemeral?: string;
}

/** Closes the modal, unless it says one of: what is wrong under the inputs, what to show instead, close them all. */
export interface ViewAnswer {
  readonly errors?: Readonly<Record<string, string>>;
  readonly update?: ModalView;
  readonly clear?: true;
  /** Shown to the person alone in `channelId`; without one it takes the modal's place. */
  readonly ephemeral?: string;
  readonly channelId?: string;
}

/** Handlers answer within 2 s or the person is told that nothing was recorded. Throw a CodedError to refuse. */
export type ActionHandler = (context: ActionContext) => Promise<Answer>;
export type ModalActionHandler = (context: ModalActionContext) => Promise<Answer>;
export type ViewHandler = (context: ViewContext) => Promise<ViewAnswer>;
export type ShortcutHandler = (context: ShortcutContext) => Promise<Answer>;
export type EventHandler = (context: EventContext) => Promise<void>;

export interface ListenerDefinition {
  /** Also the file's name. */
  readonly name: string;
  /** Buttons, selects and checkboxes in messages of ours, by action id. */
  readonly actions?: Readonly<Record<string, ActionHandler>>;
  /** The same in modals of ours. */
  readonly modalActions?: Readonly<Record<string, ModalActionHandler>>;
  /** Submitted modals, by callback id. */
  readonly views?: Readonly<Record<string, ViewHandler>>;
  /** Global and message shortcuts, by callback id; each stands in manifest.yml. */
  readonly shortcuts?: Readonly<Record<string, ShortcutHandler>>;
  /** Events API, by event type; each stands in manifest.yml. Delivered at least once. */
  readonly events?: Readonly<Record<string, EventHandler>>;
}

/** The default export of src/slack/listeners/<name>.ts. */
export function defineListener(definition: ListenerDefinition): ListenerDefinition {
  return definition;
}

const TABLES = ['actions', 'modalActions', 'views', 'shortcuts', 'events'] as const;

export function isListener(value: unknown): value is ListenerDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return typeof fields['name'] === 'string' && TABLES.every((table) => isHandlerTable(fields[table]));
}

function isHandlerTable(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((handler) => typeof handler === 'function');
}
