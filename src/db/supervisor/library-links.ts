import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Binaries } from './find-binaries.ts';

/**
 * The environment that the PostgreSQL programs need. The npm package carries its libraries without their links and makes
 * them in an install script; where scripts are switched off, the links are made in `folder` and found by LD_LIBRARY_PATH.
 */
export function libraryEnvironment(binaries: Binaries, folder: string): Record<string, string> {
  if (!binaries.bundled) return {};
  const root = resolve(binaries.bin, '..', '..');
  const links = readLinks(join(root, 'native', 'pg-symlinks.json'));
  if (links.every((link) => existsSync(join(root, link.target)))) return {};
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const link of links) {
    const path = join(folder, basename(link.target));
    if (!existsSync(path)) symlinkSync(join(root, link.source), path);
  }
  const name = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return { [name]: `${folder}:${join(root, 'native', 'lib')}` };
}

type Link = { source: string; target: string };

function readLinks(path: string): Link[] {
  if (!existsSync(path)) return [];
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return Array.isArray(value) ? value.filter(isLink) : [];
}

function isLink(value: unknown): value is Link {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value))
    return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}
