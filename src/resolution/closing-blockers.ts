import type { Blocker } from './model.ts';

export interface ClosingFacts {
  /** Uses of break-glass in the incident: what was run, and whether another manager has looked at it. */
  readonly breakGlassUses: readonly { readonly what: string; readonly reviewed: boolean }[];
  /** Whether the document has been drafted. */
  readonly documentDrafted: boolean;
}

/** What speaks against closing a resolved incident; none of it ever speaks against resolving one. */
export function closingBlockers(facts: ClosingFacts): readonly Blocker[] {
  const reviews = facts.breakGlassUses
    .filter((use) => !use.reviewed)
    .map((use) => ({ what: `${use.what} was run by breaking glass and waits for a manager's review` }));
  return [...reviews, ...(facts.documentDrafted ? [] : [{ what: 'the document is not drafted yet' }])];
}
