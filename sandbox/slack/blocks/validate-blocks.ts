import {
  BLOCKS,
  ELEMENTS,
  MESSAGE_BLOCKS,
  MESSAGE_TEXT_SUM,
  VIEW_BLOCKS,
  type Rule,
  type Shape,
} from '../../data/block-kit.ts';
import { isObject } from '../args.ts';
import type { Json } from '../types.ts';

export type Problem = { message: string; pointer: string };
export type Surface = 'message' | 'modal' | 'home';

const TEXT_FIELDS: Record<string, Set<string>> = {
  plain_text: new Set(['type', 'text', 'emoji']),
  mrkdwn: new Set(['type', 'text', 'verbatim']),
};

/**
 * What Slack refuses in these blocks, each with where it is.
 *
 * @param base JSON pointer of the list, such as `/blocks` or `/view/blocks`
 */
export function blockProblems(blocks: readonly unknown[], surface: Surface, base: string): Problem[] {
  const problems: Problem[] = [];
  const most = surface === 'message' ? MESSAGE_BLOCKS : VIEW_BLOCKS;
  if (blocks.length > most) problems.push({ message: `no more than ${most} items allowed`, pointer: base });
  const ids = new Set<unknown>();
  for (const [index, block] of blocks.entries()) {
    const pointer = `${base}/${index}`;
    problems.push(...oneBlock(block, surface, pointer));
    if (!isObject(block)) continue;
    if (block.block_id !== undefined && ids.has(block.block_id)) {
      problems.push({
        message: `block_id already exists: ${JSON.stringify(block.block_id)}`,
        pointer: `${pointer}/block_id`,
      });
    }
    ids.add(block.block_id);
  }
  return problems;
}

/** Characters of all texts in the blocks; Slack has a limit on the sum in a message. */
export function exceedsTextSum(blocks: readonly unknown[]): boolean {
  return textLength(blocks) > MESSAGE_TEXT_SUM;
}

/** What is wrong with an object of that shape. */
export function shapeProblems(value: Json, shape: Shape, pointer: string): Problem[] {
  const problems: Problem[] = [];
  for (const field of shape.required) {
    if (value[field] === undefined || value[field] === null) {
      problems.push({ message: `missing required field: ${field}`, pointer });
    }
  }
  if (shape.oneOf && shape.oneOf.every((field) => value[field] === undefined)) {
    problems.push({ message: `must define either \`${shape.oneOf.join('` or `')}\``, pointer });
  }
  for (const [field, content] of Object.entries(value)) {
    if (field === 'type' || content === undefined || content === null) continue;
    const rule = shape.fields[field];
    if (rule) problems.push(...ruleProblems(content, rule, `${pointer}/${field}`));
    else problems.push({ message: `invalid additional property: ${field}`, pointer });
  }
  return problems;
}

function oneBlock(block: unknown, surface: Surface, pointer: string): Problem[] {
  if (!isObject(block)) return [{ message: 'must provide an object', pointer }];
  const shape = typeof block.type === 'string' ? BLOCKS[block.type] : undefined;
  if (!shape) return [{ message: `unsupported type: ${String(block.type)}`, pointer: `${pointer}/type` }];
  if (!shape.surfaces.includes(surface)) {
    return [
      {
        message: `unsupported type: ${String(block.type)} (not in a ${surface})`,
        pointer: `${pointer}/type`,
      },
    ];
  }
  return [...shapeProblems(block, shape, pointer), ...duplicateActions(block, pointer)];
}

function duplicateActions(block: Json, pointer: string): Problem[] {
  const seen = new Set<unknown>();
  const problems: Problem[] = [];
  for (const [index, element] of (Array.isArray(block.elements) ? block.elements : []).entries()) {
    if (!isObject(element) || element.action_id === undefined) continue;
    if (seen.has(element.action_id)) {
      const message = `action_id already exists in this block: ${JSON.stringify(element.action_id)}`;
      problems.push({ message, pointer: `${pointer}/elements/${index}/action_id` });
    }
    seen.add(element.action_id);
  }
  return problems;
}

function ruleProblems(value: unknown, rule: Rule, pointer: string): Problem[] {
  switch (rule.is) {
    case 'text':
      return textProblems(value, rule, pointer);
    case 'string':
      return stringProblems(value, rule, pointer);
    case 'boolean':
    case 'number':
      return typeof value === rule.is ? [] : [{ message: `must provide a ${rule.is}`, pointer }];
    case 'enum':
      return rule.of.includes(String(value)) ? [] : [{ message: `must be a valid enum value`, pointer }];
    case 'object':
      return isObject(value)
        ? shapeProblems(value, rule.shape, pointer)
        : [{ message: 'must provide an object', pointer }];
    case 'element':
      return elementProblems(value, rule.of, pointer);
    case 'list':
      return listProblems(value, rule, pointer);
    case 'anything':
    default:
      return [];
  }
}

function textProblems(value: unknown, rule: { style: string; max: number }, pointer: string): Problem[] {
  if (!isObject(value)) return [{ message: 'must provide an object', pointer }];
  const allowed = typeof value.type === 'string' ? TEXT_FIELDS[value.type] : undefined;
  if (!allowed) return [{ message: `unsupported type: ${String(value.type)}`, pointer: `${pointer}/type` }];
  const problems: Problem[] = [];
  if (rule.style === 'plain_text' && value.type !== 'plain_text') {
    problems.push({ message: 'must be of type plain_text', pointer: `${pointer}/type` });
  }
  for (const field of Object.keys(value)) {
    if (!allowed.has(field)) problems.push({ message: `invalid additional property: ${field}`, pointer });
  }
  if (typeof value.text !== 'string')
    return [...problems, { message: 'missing required field: text', pointer }];
  return [...problems, ...lengthProblems(value.text, 1, rule.max, `${pointer}/text`)];
}

function elementProblems(value: unknown, allowed: readonly string[], pointer: string): Problem[] {
  if (!isObject(value)) return [{ message: 'must provide an object', pointer }];
  if (typeof value.type !== 'string' || !allowed.includes(value.type)) {
    return [{ message: `unsupported type: ${String(value.type)}`, pointer: `${pointer}/type` }];
  }
  const shape = ELEMENTS[value.type];
  if (!shape) return textProblems(value, { style: 'any', max: 3000 }, pointer);
  return [...shapeProblems(value, shape, pointer), ...initialProblems(value, pointer)];
}

/** A choice that is set at first must be one of the options, exactly. */
function initialProblems(element: Json, pointer: string): Problem[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [];
  const lists = [element.options, ...groups.map((group) => group.options)];
  const offered = new Set(
    lists.flatMap((list) => (Array.isArray(list) ? list.map((option) => JSON.stringify(option)) : [])),
  );
  if (offered.size === 0) return [];
  const initial = Array.isArray(element.initial_options)
    ? element.initial_options
    : element.initial_option === undefined
      ? []
      : [element.initial_option];
  const field = element.initial_option === undefined ? 'initial_options' : 'initial_option';
  return initial.every((option) => offered.has(JSON.stringify(option)))
    ? []
    : [{ message: `${field} must match one of the options`, pointer: `${pointer}/${field}` }];
}

function listProblems(
  value: unknown,
  rule: { item: Rule; min: number; max: number },
  pointer: string,
): Problem[] {
  if (!Array.isArray(value)) return [{ message: 'must provide an array', pointer }];
  const problems: Problem[] = [];
  if (value.length > rule.max) problems.push({ message: `no more than ${rule.max} items allowed`, pointer });
  if (value.length < rule.min) problems.push({ message: `no fewer than ${rule.min} items allowed`, pointer });
  for (const [index, item] of value.entries())
    problems.push(...ruleProblems(item, rule.item, `${pointer}/${index}`));
  return problems;
}

function stringProblems(value: unknown, rule: { min?: number; max?: number }, pointer: string): Problem[] {
  if (typeof value !== 'string') return [{ message: 'must provide a string', pointer }];
  return lengthProblems(value, rule.min ?? 0, rule.max ?? 3000, pointer);
}

function lengthProblems(value: string, min: number, max: number, pointer: string): Problem[] {
  if (value.length > max) return [{ message: `must be less than ${max + 1} characters`, pointer }];
  if (value.length < min) return [{ message: `must be more than ${min - 1} characters`, pointer }];
  return [];
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce((sum, [key, content]) => {
    return sum + (key === 'text' && typeof content === 'string' ? content.length : textLength(content));
  }, 0);
}
