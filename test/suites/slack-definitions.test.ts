import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCommands } from '../../src/slack/register-commands.ts';
import { loadListeners } from '../../src/slack/register-listeners.ts';
import { loadRenderers } from '../../src/slack/register-renderers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const commands = await loadCommands();
const listeners = await loadListeners();
const renderers = await loadRenderers();

test.each([...commands.values()])('command $name explains itself', (command) => {
  expect(command.summary).toMatch(/^[A-Z].{5,100}[^.]$/);
  expect(command.usage).toBe(command.usage.trim());
  expect(command.examples.length).toBeGreaterThan(0);
  for (const example of command.examples) {
    expect(example).toMatch(new RegExp(`^/incident ${command.name}( |$)`));
  }
});

test('the help of all commands fits in one message', () => {
  const text = [...commands.values()].map((one) => `• \`/incident ${one.name} ${one.usage}\` ${one.summary}`);
  expect(text.join('\n').length).toBeLessThan(3_000);
});

test('ids of buttons, forms and shortcuts are <feature>.<verb>, and Slack takes them', () => {
  const ids = [listeners.actions, listeners.modalActions, listeners.views, listeners.shortcuts].flatMap(
    (table) => [...table.keys()],
  );
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z-]*\.[a-z][a-z-]*$/);
});

test('every kind of message that features ask for has somebody who draws it', () => {
  const kinds = globSync('src/**/*.ts', { cwd: ROOT })
    .map((name) => readFileSync(join(ROOT, name), 'utf8'))
    .flatMap((text) => [
      ...text.matchAll(/(?:want|refresh|retire)Surfaces?\((?:[^()]|\([^()]*\))*?'([a-z-]+)'/g),
    ])
    .map((match) => match[1]);
  const drawn = new Set<string | undefined>(renderers.keys());
  expect(kinds.length).toBeGreaterThan(0);
  expect(kinds.filter((kind) => !drawn.has(kind))).toEqual([]);
});

test('Bolt’s own client, say and respond are used nowhere', () => {
  const files = globSync('src/slack/**/*.ts', { cwd: ROOT }).map((name) => ({
    name,
    text: readFileSync(join(ROOT, name), 'utf8'),
  }));
  const bound = files.filter(({ text }) => text.includes("from '@slack/bolt'"));
  expect(bound.map(({ name }) => name).sort()).toEqual(['src/slack/app.ts', 'src/slack/bind-listeners.ts']);
  for (const { name, text } of bound) {
    expect({ name, uses: /\{[^{}]*\b(client|say|respond)\b[^{}]*\}\)? =>/.exec(text)?.[0] }).toEqual({
      name,
      uses: undefined,
    });
  }
});
