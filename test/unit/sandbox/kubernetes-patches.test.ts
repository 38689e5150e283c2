import { describe, expect, it } from 'vitest';

import { applyJsonPatch } from '../../../sandbox/kubernetes/json-patch.ts';
import { applyMergePatch } from '../../../sandbox/kubernetes/merge-patch.ts';
import { applyStrategicMergePatch } from '../../../sandbox/kubernetes/strategic-merge-patch.ts';

describe('JSON patch', () => {
  it('adds, removes, replaces, moves and copies', () => {
    const before = { a: { b: 1 }, list: [1, 2, 3] };
    const patch = [
      { op: 'add', path: '/list/1', value: 9 },
      { op: 'add', path: '/list/-', value: 4 },
      { op: 'remove', path: '/list/0' },
      { op: 'replace', path: '/a/b', value: 2 },
      { op: 'copy', from: '/a/b', path: '/c' },
      { op: 'move', from: '/a', path: '/moved' },
    ];
    expect(applyJsonPatch(before, patch)).toEqual({ list: [9, 2, 3, 4], c: 2, moved: { b: 2 } });
    expect(before).toEqual({ a: { b: 1 }, list: [1, 2, 3] });
  });

  it('reads escaped keys', () => {
    const patch = [{ op: 'replace', path: '/x~1y/m~0n', value: 2 }];
    expect(applyJsonPatch({ 'x/y': { 'm~n': 1 } }, patch)).toEqual({ 'x/y': { 'm~n': 2 } });
  });

  it.each([
    ['a failed test', [{ op: 'test', path: '/a', value: 2 }]],
    ['a missing target', [{ op: 'remove', path: '/nope' }]],
    ['a replace of nothing', [{ op: 'replace', path: '/nope', value: 1 }]],
    ['a missing parent', [{ op: 'add', path: '/nope/deeper', value: 1 }]],
    ['an index beyond the end', [{ op: 'add', path: '/list/7', value: 1 }]],
  ])('refuses %s with 422', (_what, patch) => {
    expect(() => applyJsonPatch({ a: 1, list: [] }, patch)).toThrow(
      expect.objectContaining({ status: expect.objectContaining({ code: 422 }) }),
    );
  });
});

describe('merge patch', () => {
  it('merges objects, deletes by null and replaces lists', () => {
    const before = { a: { b: 1, c: 2 }, list: [1, 2], gone: true };
    const after = applyMergePatch(before, { a: { b: 5 }, list: [3], gone: null, fresh: { x: null, y: 1 } });
    expect(after).toEqual({ a: { b: 5, c: 2 }, list: [3], fresh: { y: 1 } });
  });

  it('keeps __proto__ as data', () => {
    const after = applyMergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.keys(Object(after))).toEqual(['__proto__']);
  });
});

describe('strategic merge patch', () => {
  const spec = {
    containers: [
      {
        name: 'web',
        image: 'web:1',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
        ports: [{ containerPort: 80, name: 'http' }],
        args: ['x', 'y'],
      },
      { name: 'side', image: 'side:1' },
    ],
  };

  it('merges containers, env and ports by their keys', () => {
    const after = applyStrategicMergePatch(spec, {
      containers: [
        {
          name: 'web',
          image: 'web:2',
          env: [
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
          ],
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          args: ['z'],
        },
      ],
    });
    expect(after).toEqual({
      containers: [
        {
          name: 'web',
          image: 'web:2',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
          ],
          ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }],
          args: ['z'],
        },
        { name: 'side', image: 'side:1' },
      ],
    });
  });

  it('deletes one element, and orders the rest as told', () => {
    const after = applyStrategicMergePatch(spec, {
      '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }],
      containers: [{ name: 'web', env: [{ name: 'A', $patch: 'delete' }] }],
    });
    expect(after).toMatchObject({
      containers: [{ name: 'side' }, { name: 'web', image: 'web:1', env: [{ name: 'B', value: '2' }] }],
    });
    expect(JSON.stringify(after)).not.toContain('$');
  });

  it('obeys $retainKeys, $patch: replace and null', () => {
    const before = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, paused: true };
    const after = applyStrategicMergePatch(before, {
      strategy: { $retainKeys: ['type'], type: 'Recreate' },
      paused: null,
    });
    expect(after).toEqual({ strategy: { type: 'Recreate' } });
    expect(applyStrategicMergePatch({ a: 1, b: 2 }, { $patch: 'replace', c: 3 })).toEqual({ c: 3 });
  });

  it('refuses a list element without its merge key', () => {
    expect(() => applyStrategicMergePatch(spec, { containers: [{ image: 'web:3' }] })).toThrow(
      /merge key: name/,
    );
  });
});
