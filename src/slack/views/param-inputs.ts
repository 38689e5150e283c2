import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { Json, JsonObject } from '../../lib/json.ts';
import { input } from '../modal-values.ts';
import type { ModalValues } from '../modal-values.ts';
import { LIMITS, truncate, visibleText } from '../text.ts';

/** What a modal can ask for, of the JSON Schema that an action's parameters have. */
const Property = z.object({
  title: z.string(),
  description: z.string().optional(),
  type: z.enum(['string', 'integer', 'number', 'boolean']),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  default: z.json().optional(),
});
const Schema = z.object({
  properties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
});
type Property = z.infer<typeof Property>;

/** Slack's block of a parameter; also where its error is shown. */
export function paramBlock(name: string): string {
  return `param.${name}`;
}

/** One input per parameter, generated from the schema: its title, hint, kind and bounds. */
export function paramInputs(paramsSchema: JsonObject, given: JsonObject): readonly KnownBlock[] {
  const { properties, required } = Schema.parse(paramsSchema);
  return Object.entries(properties).map(([name, property]) => ({
    type: 'input',
    block_id: paramBlock(name),
    optional: !required.includes(name),
    label: { type: 'plain_text', text: truncate(visibleText(property.title), LIMITS.description) },
    ...(property.description === undefined
      ? {}
      : { hint: { type: 'plain_text' as const, text: truncate(visibleText(property.description), 150) } }),
    element: elementOf(name, property, given[name] ?? property.default),
  }));
}

/** What was put into the modal, typed as the schema says. */
export function readParams(paramsSchema: JsonObject, values: ModalValues): JsonObject {
  return typedParams(paramsSchema, (name) => input(values, paramBlock(name)));
}

/** Texts as the schema wants them; what is empty is left out, and what is no number stays text, for the schema to judge. */
export function typedParams(
  paramsSchema: JsonObject,
  read: (name: string) => string | null | undefined,
): JsonObject {
  const { properties } = Schema.parse(paramsSchema);
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { type }]): readonly (readonly [string, Json])[] => {
      const text = read(name) ?? '';
      return text === '' ? [] : [[name, typed(text, type)]];
    }),
  );
}

function typed(text: string, type: Property['type']): Json {
  if (type === 'boolean') return text === 'true';
  const isNumber = type !== 'string' && Number.isFinite(Number(text));
  return isNumber ? Number(text) : text;
}

type InputElement = Extract<KnownBlock, { type: 'input' }>['element'];

function elementOf(name: string, property: Property, given: Json | undefined): InputElement {
  const initial =
    given === undefined || given === null || typeof given === 'object' ? undefined : String(given);
  if (property.enum !== undefined) return select(name, property.enum, initial);
  switch (property.type) {
    case 'boolean':
      return select(name, ['true', 'false'], initial);
    case 'integer':
    case 'number':
      return {
        type: 'number_input',
        action_id: paramBlock(name),
        is_decimal_allowed: property.type === 'number',
        ...withoutUndefined({
          min_value: bound(property.minimum),
          max_value: bound(property.maximum),
          initial_value: initial,
        }),
      };
    case 'string':
      return {
        type: 'plain_text_input',
        action_id: paramBlock(name),
        ...withoutUndefined({
          min_length: property.minLength,
          max_length: property.maxLength,
          initial_value: initial,
        }),
      };
  }
}

/** Zod bounds integers by what a number can hold, which says nothing to people. */
function bound(value: number | undefined): string | undefined {
  return value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : String(value);
}

function withoutUndefined<T>(fields: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const kept = Object.entries(fields).flatMap(([key, value]): [string, T][] =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(kept);
}

function select(name: string, values: readonly string[], initial: string | undefined): InputElement {
  const options = values.map((value) => ({
    text: { type: 'plain_text' as const, text: WORDS[value] ?? truncate(visibleText(value), LIMITS.option) },
    value,
  }));
  const chosen = options.find(({ value }) => value === initial);
  return {
    type: 'static_select',
    action_id: paramBlock(name),
    options,
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
}

const WORDS: Readonly<Record<string, string>> = { true: 'Yes', false: 'No' };
