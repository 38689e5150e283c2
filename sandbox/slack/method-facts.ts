import { readFileSync } from 'node:fs';

export type MethodFacts = {
  tier: 't1' | 't2' | 't3' | 't4' | 't5';
  /** Any one of these is enough; empty: none needed. */
  scopes: string[];
  required: string[];
  args: string[];
  errors: string[];
  /** Takes a JSON body; the others read forms and query strings only. */
  json: boolean;
};

/** What Slack's reference says of each method that the sandbox knows. */
export const METHOD_FACTS: ReadonlyMap<string, MethodFacts> = load();

function load(): Map<string, MethodFacts> {
  const facts: Record<string, MethodFacts> = JSON.parse(
    readFileSync(new URL('../data/slack-methods.json', import.meta.url), 'utf8'),
  );
  return new Map(Object.entries(facts));
}
