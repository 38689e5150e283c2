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
  /** Delivers the click; resolves when Tocsin has answered. */
  act: (click: Click) => Promise<void>;
  /** Something typed or chosen in a modal: the error under that input no longer stands. */
  changed?: (blockId: string) => void;
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
