import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { blockProblems } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { defineAction } from '../../../src/executions/define-action.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { parseModalValues } from '../../../src/slack/modal-values.ts';
import { paramInputs, readParams } from '../../../src/slack/views/param-inputs.ts';
import { SERVICE } from '../executions/observation.ts';

/** An action of its own, with a parameter of every kind. */
const scale = defineAction({
  id: 'scale',
  title: 'Scale',
  summary: 'Sets the number of pods.',
  params: z.strictObject({
    replicas: z.int().min(0).max(50).meta({ title: 'Replicas', description: 'Absolute, not a difference.' }),
    speed: z.enum(['slow', 'fast']).default('slow').meta({ title: 'Speed' }),
    note: z.string().min(2).max(80).optional().meta({ title: 'Note' }),
    force: z.boolean().optional().meta({ title: 'Force' }),
  }) as z.ZodType<JsonObject>,
  observe: async () => ({}),
  target: () => 'test:one',
  spec: () => ({}),
  facts: () => ({}),
  plan: () => ({ ok: false, reason: 'not here' }),
  isApplied: () => false,
  execute: async () => undefined,
  verify: async () => ({ outcome: 'succeeded', text: 'Done.', facts: null }),
  manualCommand: () => 'kubectl scale',
});

const state = (values: Readonly<Record<string, unknown>>) =>
  parseModalValues({
    values: Object.fromEntries(
      Object.entries(values).map(([name, element]) => [`param.${name}`, { x: element }]),
    ),
  });

describe('inputs from the schema of an action', () => {
  it('are valid blocks with title, bounds, choices and what was given', () => {
    const blocks = paramInputs(scale.paramsSchema, { replicas: 3 });
    expect(blockProblems(blocks, 'modal', '/blocks')).toEqual([]);
    expect(blocks).toMatchObject([
      {
        block_id: 'param.replicas',
        optional: false,
        label: { text: 'Replicas' },
        hint: { text: 'Absolute, not a difference.' },
        element: {
          type: 'number_input',
          min_value: '0',
          max_value: '50',
          initial_value: '3',
          is_decimal_allowed: false,
        },
      },
      { optional: true, element: { type: 'static_select', initial_option: { value: 'slow' } } },
      { optional: true, element: { type: 'plain_text_input', min_length: 2, max_length: 80 } },
      {
        optional: true,
        element: { type: 'static_select', options: [{ value: 'true' }, { value: 'false' }] },
      },
    ]);
  });

  it('give typed parameters back, which the schema judges', () => {
    const values = state({
      replicas: { type: 'number_input', value: '5' },
      speed: { type: 'static_select', selected_option: { value: 'fast' } },
      note: { type: 'plain_text_input', value: null },
      force: { type: 'static_select', selected_option: { value: 'true' } },
    });
    const params = readParams(scale.paramsSchema, values);
    expect(params).toEqual({ replicas: 5, speed: 'fast', force: true });
    expect(scale.bind(SERVICE, params).params).toEqual(params);
  });

  it.each([
    [{ replicas: 51 }, 'replicas'],
    [{ replicas: 2.5 }, 'replicas'],
    [{}, 'replicas'],
    [{ replicas: 1, speed: 'warp' }, 'speed'],
  ])('are refused by name when they are wrong: %o', (params, name) => {
    expect(() => scale.bind(SERVICE, params)).toThrow(name);
  });
});
