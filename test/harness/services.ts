import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFolderLock } from '../../src/db/supervisor/folder-lock.ts';

/**
 * The programs of the machine that tests need. What is missing is installed when we may (root on Debian, said on stderr),
 * else the test fails with a sentence that says what to install. Nothing installed here is started as a service.
 */
const INSTALL_WAIT_MS = 300_000;
const POLICY = '/usr/sbin/policy-rc.d';

/** The path of a Chromium (or Chrome). */
export async function requireChromium(): Promise<string> {
  return requireProgram(['chromium', 'chromium-browser', 'google-chrome'], 'chromium');
}

/** The paths of Prometheus and Alertmanager. */
export async function requirePrometheus(): Promise<{ prometheus: string; alertmanager: string }> {
  return {
    prometheus: await requireProgram(['prometheus'], 'prometheus'),
    alertmanager: await requireProgram(
      ['prometheus-alertmanager', 'alertmanager'],
      'prometheus-alertmanager',
    ),
  };
}

/** The path of kubectl; Debian has it in the package kubernetes-client. */
export async function requireKubectl(): Promise<string> {
  return requireProgram(['kubectl'], 'kubernetes-client');
}

async function requireProgram(names: string[], debianPackage: string): Promise<string> {
  const found = findProgram(names);
  if (found !== undefined) return found;
  const folder = join(tmpdir(), `tocsin-install-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Test files run at the same time, and apt-get allows one at a time.
  return withFolderLock(folder, INSTALL_WAIT_MS, () => {
    const path = findProgram(names) ?? installProgram(names, debianPackage);
    if (path !== undefined) return Promise.resolve(path);
    throw new Error(
      `The tests need ${names[0]}, which was not found. On Debian: apt-get install ${debianPackage}`,
    );
  });
}

/** Installs a Debian package; undefined when that is not possible here. */
export function installPackage(debianPackage: string): boolean {
  if (process.getuid?.() !== 0 || findProgram(['apt-get']) === undefined) return false;
  process.stderr.write(`installing the Debian package ${debianPackage} for the tests\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const forbid = !existsSync(POLICY);
  if (forbid) {
    // Debian asks this script before it starts a service; 101 says no.
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
  }
  try {
    spawnSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
    const args = ['install', '-y', '-q', '--no-install-recommends', debianPackage];
    return spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  } finally {
    if (forbid) rmSync(POLICY, { force: true });
  }
}

function installProgram(names: string[], debianPackage: string): string | undefined {
  return installPackage(debianPackage) ? findProgram(names) : undefined;
}

function findProgram(names: string[]): string | undefined {
  for (const name of names) {
    try {
      return execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
    } catch {
      continue; // not under this name
    }
  }
  return undefined;
}
