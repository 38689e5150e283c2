import { readdirSync } from 'node:fs';

import type { Method, Methods } from './define-method.ts';

/** All Web API methods: each file in `methods/` exports `methods`, by method name. */
export async function loadMethods(): Promise<Map<string, Method>> {
  const found = new Map<string, Method>();
  const folder = new URL('./methods/', import.meta.url);
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.ts')) continue;
    const module: { methods?: Methods } = await import(new URL(file, folder).href);
    if (!module.methods) throw new Error(`slack/methods/${file} exports no methods.`);
    for (const [name, method] of Object.entries(module.methods)) {
      if (found.has(name)) throw new Error(`slack/methods/${file} defines ${name} a second time.`);
      found.set(name, method);
    }
  }
  return found;
}
