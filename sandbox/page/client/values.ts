/** What the person has chosen or typed in inputs, kept while cards and views are drawn again. */
export type Value = string | string[] | null;

const values = new Map<string, Value>();

function key(scope: string, blockId: string, actionId: string): string {
  return JSON.stringify([scope, blockId, actionId]);
}

export function getValue(scope: string, blockId: string, actionId: string): Value | undefined {
  return values.get(key(scope, blockId, actionId));
}

export function setValue(scope: string, blockId: string, actionId: string, value: Value): void {
  values.set(key(scope, blockId, actionId), value);
}

/** Drops everything of a message or view that is gone. */
export function forgetScope(scope: string): void {
  const prefix = JSON.stringify([scope]).slice(0, -1);
  for (const known of values.keys()) if (known.startsWith(`${prefix},`)) values.delete(known);
}
