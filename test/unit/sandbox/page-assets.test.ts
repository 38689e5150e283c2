import Fastify from 'fastify';
import { posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { registerPage } from '../../../sandbox/page/register.ts';

const app = Fastify();
beforeAll(() => registerPage(app));
afterAll(() => app.close());

const get = (path: string) => app.inject({ method: 'GET', url: path });

describe('the page as it is served', () => {
  test('its own scripts and styles only, nothing inline, nothing from outside', async () => {
    const page = await get('/');
    const policy = String(page.headers['content-security-policy']);
    expect(page.statusCode).toBe(200);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(page.body).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|https?:\/\//);
  });

  test('everything that the page and its modules name is there, and holds no types any more', async () => {
    const waiting = [...(await get('/')).body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    const seen = new Set<string>();
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const { statusCode, headers, body } = await get(path);
      expect({ path, statusCode }).toEqual({ path, statusCode: 200 });
      expect(headers['x-content-type-options']).toBe('nosniff');
      if (!path.endsWith('.ts')) continue;
      expect(headers['content-type']).toMatch(/^text\/javascript/);
      expect(body).not.toMatch(/^\s*(?:export )?(?:interface|type) \w+|import type/m);
      for (const match of body.matchAll(/from '(\.[^']+)'/g))
        waiting.push(posix.join(posix.dirname(path), match[1] ?? ''));
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  test.each([
    '/page/register.ts',
    '/page/client/tsconfig.json',
    '/page/client/../register.ts',
    '/page/client/%2e%2e/assets.ts',
    '/page/style/../../../package.json',
  ])('%s is not served', async (path) => {
    expect((await get(path)).statusCode).toBe(404);
  });
});

describe('the page’s code', () => {
  test('data never becomes markup: no module sets HTML or evaluates text', async () => {
    const main = ['/page/client/main.ts'];
    const seen = new Set<string>();
    for (let path = main.pop(); path !== undefined; path = main.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const { body } = await get(path);
      expect(body).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(|new Function/,
      );
      for (const match of body.matchAll(/from '(\.[^']+)'/g))
        main.push(posix.join(posix.dirname(path), match[1] ?? ''));
    }
  });
});
