import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

import { isObject } from './args.ts';
import type { Json } from './types.ts';

export type SlashCommand = {
  command: string;
  description: string;
  usage_hint: string;
  should_escape: boolean;
};
export type Shortcut = { name: string; type: 'global' | 'message'; callback_id: string; description: string };

/** What the app's manifest asks of the workspace that it is installed in. */
export type AppManifest = {
  /** Undefined without a manifest: nothing is checked then. */
  scopes: Set<string> | undefined;
  botEvents: Set<string> | undefined;
  commands: SlashCommand[];
  shortcuts: Shortcut[];
  /** The Home and Messages tabs are switched on. */
  homeTab: boolean;
};

/** Reads the manifest as an installation would; a missing file allows everything. */
export function readManifest(file: string): AppManifest {
  if (!existsSync(file)) {
    return { scopes: undefined, botEvents: undefined, commands: [], shortcuts: [], homeTab: true };
  }
  const manifest: unknown = parse(readFileSync(file, 'utf8'));
  const features = child(manifest, 'features');
  const oauth = child(child(manifest, 'oauth_config'), 'scopes');
  const subscriptions = child(child(manifest, 'settings'), 'event_subscriptions');
  return {
    scopes: new Set(strings(oauth.bot)),
    botEvents: new Set(strings(subscriptions.bot_events)),
    commands: list(features.slash_commands).map((command) => ({
      command: string(command.command),
      description: string(command.description),
      usage_hint: string(command.usage_hint),
      should_escape: command.should_escape === true,
    })),
    shortcuts: list(features.shortcuts).map((shortcut) => ({
      name: string(shortcut.name),
      type: shortcut.type === 'message' ? 'message' : 'global',
      callback_id: string(shortcut.callback_id),
      description: string(shortcut.description),
    })),
    homeTab: child(features, 'app_home').home_tab_enabled === true,
  };
}

function child(value: unknown, key: string): Json {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
