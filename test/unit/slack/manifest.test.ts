import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { SLASH_COMMAND } from '../../../src/slack/bind-listeners.ts';
import { directoryEvents } from '../../../src/slack/directory-events.ts';
import { METHODS, SCOPES_WITHOUT_METHOD } from '../../../src/slack/gateway/methods.ts';
import { loadCommands } from '../../../src/slack/register-commands.ts';
import { loadListeners } from '../../../src/slack/register-listeners.ts';

interface Manifest {
  readonly features: {
    readonly slash_commands: readonly {
      readonly command: string;
      readonly should_escape: boolean;
      readonly usage_hint: string;
      readonly url: string;
    }[];
    readonly shortcuts?: readonly { readonly callback_id: string }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[]; readonly user?: unknown } };
  readonly settings: {
    readonly event_subscriptions: { readonly bot_events: readonly string[]; readonly request_url: string };
    readonly interactivity: { readonly is_enabled: boolean; readonly request_url: string };
  };
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const manifest: Manifest = parse(read('manifest.yml'));

test('the manifest is one that Slack takes', () => {
  const schema: object = JSON.parse(read('test/fixtures/slack-manifest.schema.2.0.0.json'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const isValid = ajv.validate(schema, manifest);
  expect(ajv.errorsText()).toBe('No errors');
  expect(isValid).toBe(true);
});

test('it asks for exactly the scopes that the called methods need', () => {
  const needed = new Set<string>(SCOPES_WITHOUT_METHOD);
  for (const { scopes } of Object.values(METHODS)) for (const scope of scopes) needed.add(scope);
  expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...needed].sort());
  expect(manifest.oauth_config.scopes.user).toBeUndefined();
  for (const scope of needed) expect(scope).not.toMatch(/^admin|chat:write\.public|files:read/);
});

test('every method that the gateway may call is called somewhere', () => {
  const sources = readSources(join(ROOT, 'src', 'slack'));
  for (const method of Object.keys(METHODS)) {
    const uses = sources.filter(
      ({ name, text }) => !name.endsWith('methods.ts') && text.includes(`'${method}'`),
    );
    expect({ method, isCalled: uses.length > 0 }).toEqual({ method, isCalled: true });
  }
});

test('command, shortcuts and events are those of the code', async () => {
  const listeners = await loadListeners();
  const builtIn = directoryEvents({ forgetUser: () => undefined, forgetGroup: () => undefined });
  expect(manifest.features.slash_commands).toMatchObject([{ command: SLASH_COMMAND, should_escape: true }]);
  const names = [...(await loadCommands()).keys()].sort();
  expect(manifest.features.slash_commands[0]?.usage_hint).toBe(`[${names.join(' | ')}]`);
  expect((manifest.features.shortcuts ?? []).map((one) => one.callback_id).sort()).toEqual(
    [...listeners.shortcuts.keys()].sort(),
  );
  expect([...manifest.settings.event_subscriptions.bot_events].sort()).toEqual(
    [...new Set([...listeners.events.keys(), ...builtIn.keys()])].sort(),
  );
  expect(manifest.settings.interactivity.is_enabled).toBe(true);
});

test('all deliveries go to the one address that checks them', () => {
  const addresses = [
    ...manifest.features.slash_commands.map((one) => one.url),
    manifest.settings.event_subscriptions.request_url,
    manifest.settings.interactivity.request_url,
  ];
  for (const address of addresses) expect(new URL(address).pathname).toBe('/slack/events');
});

function readSources(folder: string): readonly { name: string; text: string }[] {
  return globSync('**/*.ts', { cwd: folder }).map((name) => ({
    name,
    text: readFileSync(join(folder, name), 'utf8'),
  }));
}
