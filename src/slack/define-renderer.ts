import type { KnownBlock } from '@slack/types';
import type { Deps } from '../deps.ts';
import type { Surface, SurfaceKind } from '../surfaces/model.ts';

/** What a message shows. `text` is the fallback for notifications and screen readers: complete sentences. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

export interface RendererDefinition {
  /** The kind of surface it draws; also the file's name. */
  readonly kind: SurfaceKind;
  /**
   * Loads what the surface shows and draws it; called again whenever something newer is wanted. With `retiredAt` set,
   * draw it without buttons. Equal state must give an equal message: no clock, no randomness.
   * @returns null when there is nothing to show (any more): nothing is posted, what is shown stays
   */
  readonly render: (deps: Deps, surface: Surface) => Promise<SlackMessage | null>;
}

/** The default export of src/slack/renderers/<kind>.ts. */
export function defineRenderer(definition: RendererDefinition): RendererDefinition {
  return definition;
}

export function isRenderer(value: unknown): value is RendererDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    'render' in value &&
    typeof value.render === 'function'
  );
}
