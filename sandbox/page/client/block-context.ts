import { getValue, plainValue } from './values.ts';
import type { Value } from './values.ts';

/** What a click on an element says: the fields of POST /control/click that depend on the element. */
export interface Click {
  action_id: string;
  block_id: string;
  value?: string;
  selected_option?: string;
  selected_options?: string[];
  selected_user?: string;
  selected_users?: string[];
  selected_date?: string | null;
  selected_time?: string | null;
  selected_channel?: string;
  selected_conversation?: string;
  confirm?: true;
}

/** Where blocks are drawn and what happens when somebody uses them. */
export interface BlockContext {
  surface: 'message' | 'modal' | 'home';
  /** Names the message or view (and the person) for remembered values. */
  scope: string;
  /** What the sandbox keeps as the person's own choices: `state.values`. */
  saved?: SavedValues;
  /** Delivers the click; resolves when Tocsin has answered. */
  act: (click: Click) => Promise<void>;
  /** Something typed or chosen in a modal: the error under that input no longer stands. */
  changed?: (blockId: string) => void;
}

/** block_id → action_id → value, as Slack's `state.values`. */
export type SavedValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the person has in this element: just chosen here, else as the sandbox kept it; undefined when untouched. */
export function currentValue(place: ElementPlace, actionId: string): Value | undefined {
  const { scope, saved } = place.context;
  return getValue(scope, place.blockId, actionId) ?? plainValue(saved?.[place.blockId]?.[actionId]);
}

/** One element's place: its block, and whether using it is delivered at once (an input block only collects). */
export interface ElementPlace {
  context: BlockContext;
  blockId: string;
  dispatch: boolean;
  /** Id of the label element, where a label stands apart. */
  labelId?: string;
  describedBy?: string;
}
