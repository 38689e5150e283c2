import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPolicy } from '../../../src/config/find-policy.ts';
import { loadConfig } from '../../../src/config/load-config.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', '..', 'config');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
  await cp(SHIPPED, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

describe('the configuration', () => {
  it('that is shipped is well, and its hash changes with any file', async () => {
    const before = await loadConfig(folder);
    await write('services/extra.yml', 'name: Extra\nenvironment: staging\n');
    const after = await loadConfig(folder);
    expect(after.services.get('extra')).toEqual({
      id: 'extra',
      name: 'Extra',
      environment: 'staging',
      kubernetes: null,
      healthUrl: null,
      links: [],
    });
    expect(after.hash).not.toBe(before.hash);
  });

  it('names every problem with its file, in one error', async () => {
    await write('tocsin.yml', 'incidents_channel: "#incidents"\ntime_zone: Mars/Olympus\n');
    await write(
      'services/bad.yml',
      'name: Bad\nenvironment: prod\nkubernetes: { namespace: kube-system, deployment: x }\n',
    );
    await write('people.yml', 'people: [\n');
    const error = await loadConfig(folder).catch((thrown: unknown) => String(thrown));
    expect(error).toContain('tocsin.yml');
    expect(error).toContain("a channel's id");
    expect(error).toContain('an IANA time zone');
    expect(error).toContain('Tocsin leaves kube-* alone');
    expect(error).toContain('people.yml');
  });

  it.each([
    ['an unknown key', 'on-call.yml', 'responders: [ana]\nresponder: [ben]\n', 'Unrecognized key'],
    ['a person nobody knows', 'on-call.yml', 'responders: [zoe]\n', 'knows nobody with the id zoe'],
    [
      'one account of two people',
      'people.yml',
      'people: [{ id: ana, name: A, slack: [T0/U1] }, { id: ben, name: B, slack: [T0/U1] }, { id: mira, name: M, slack: [T0/U2] }, { id: max, name: X, slack: [T0/U3] }]\n',
      'belongs to both ana and ben',
    ],
    [
      'a route to a service nobody defined',
      'routes.yml',
      'routes: [{ name: R, match: {}, severity: P1, service: nowhere }]\n',
      'has no nowhere.yml',
    ],
    [
      'a bomb of aliases',
      'people.yml',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\npeople: []\n`,
      'people.yml',
    ],
  ])('refuses %s', async (_what, file, text, message) => {
    await write(file, text);
    await expect(loadConfig(folder)).rejects.toThrow(message);
  });

  it('finds the first policy that matches, and none where none does', async () => {
    const { policies } = await loadConfig(folder);
    const question = {
      action: 'restart',
      service: 'profile-api',
      environment: 'prod',
      severity: 'P0',
    } as const;
    expect(findPolicy(policies, question)?.name).toBe('Changes to production');
    const narrow = policies.map((policy) => ({ ...policy, match: { ...policy.match, actions: ['scale'] } }));
    expect(findPolicy(narrow, question)).toBeUndefined();
  });
});
