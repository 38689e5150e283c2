import { isObject } from '../slack/args.ts';
import type { Json, View } from '../slack/types.ts';
import { stateOf } from '../slack/views.ts';

/** What Slack's client says under the fields before it lets a form go, by block_id. */
export function missingInputs(view: View): Record<string, string> {
  const values = stateOf(view);
  const errors: Record<string, string> = {};
  for (const block of view.blocks) {
    if (block.type !== 'input' || !isObject(block.element)) continue;
    const blockId = String(block.block_id);
    const value = values[blockId]?.[String(block.element.action_id)];
    const problem = problemOf(block, block.element, value);
    if (problem !== undefined) errors[blockId] = problem;
  }
  return errors;
}

function problemOf(block: Json, element: Json, value: Json | undefined): string | undefined {
  const content = Object.entries(value ?? {}).find(([key]) => key !== 'type')?.[1];
  const isEmpty =
    content === null ||
    content === undefined ||
    content === '' ||
    (Array.isArray(content) && content.length === 0);
  if (isEmpty) return block.optional === true ? undefined : 'Please complete this required field.';
  if (typeof content !== 'string') return undefined;
  if (element.type === 'number_input') return numberProblem(element, content);
  if (typeof element.max_length === 'number' && content.length > element.max_length) {
    return `Please enter no more than ${element.max_length} characters.`;
  }
  if (typeof element.min_length === 'number' && content.length < element.min_length) {
    return `Please enter at least ${element.min_length} characters.`;
  }
  return undefined;
}

function numberProblem(element: Json, content: string): string | undefined {
  const number = Number(content);
  if (!Number.isFinite(number)) return 'Please enter a number.';
  if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (typeof element.min_value === 'string' && number < Number(element.min_value))
    return `The least is ${element.min_value}.`;
  if (typeof element.max_value === 'string' && number > Number(element.max_value))
    return `The most is ${element.max_value}.`;
  return undefined;
}
