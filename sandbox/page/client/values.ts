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

/** A stored value as in `state.values`, `{ type, selected_option | selected_options | value | … }`, as a plain value. */
export function plainValue(stored: unknown): Value | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const found: [string, unknown] | undefined = Object.entries(stored).find(([name]) => name !== 'type');
  if (found === undefined) return undefined;
  const content = found[1];
  if (Array.isArray(content)) return content.map((option: unknown) => optionValue(option) ?? '');
  return optionValue(content);
}

function optionValue(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (typeof content === 'number') return String(content);
  if (typeof content !== 'object' || content === null || !('value' in content)) return null;
  return typeof content.value === 'string' ? content.value : null;
}

/** Drops everything of a message or view that is gone. */
export function forgetScope(scope: string): void {
  const prefix = JSON.stringify([scope]).slice(0, -1);
  for (const known of values.keys()) if (known.startsWith(`${prefix},`)) values.delete(known);
}
