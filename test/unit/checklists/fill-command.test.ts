import { describe, expect, it } from 'vitest';
import { fillCommand } from '../../../src/checklists/fill-command.ts';

const COMMAND = 'kubectl rollout undo deployment/<deployment> -n <namespace> # <service> <pod>';

describe('fillCommand', () => {
  it('fills what is known and leaves the rest', () => {
    expect(fillCommand(COMMAND, { service: 'shop', namespace: 'prod', deployment: null })).toBe(
      'kubectl rollout undo deployment/<deployment> -n prod # shop <pod>',
    );
  });

  it.each(['x; rm -rf /', '$(id)', '--all', '', 'A', 'a b', 'a\nb'])(
    'never puts %j into a command',
    (value) => {
      expect(fillCommand(COMMAND, { service: value, namespace: value, deployment: value })).toBe(COMMAND);
    },
  );
});
