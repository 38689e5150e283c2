import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

export interface Asset {
  /** Where it is served. */
  path: string;
  type: string;
  body: () => string;
}

const FOLDER = import.meta.dirname;
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
};

/** Every file of the page. The list is read once, so a request can name nothing else; each body is made when first asked for. */
export function loadAssets(): Asset[] {
  const files = ['client', 'style'].flatMap((folder) =>
    readdirSync(join(FOLDER, folder)).map((name) => `${folder}/${name}`),
  );
  const assets = [...files, 'bell.svg'].flatMap((file) => {
    const type = TYPES[/\.[a-z]+$/.exec(file)?.[0] ?? ''];
    return type === undefined ? [] : [{ path: `/page/${file}`, type, body: once(() => read(file)) }];
  });
  const icon = {
    path: '/favicon.ico',
    type: 'image/svg+xml; charset=utf-8',
    body: once(() => read('bell.svg')),
  };
  return [
    ...assets,
    icon,
    { path: '/', type: 'text/html; charset=utf-8', body: once(() => read('index.html')) },
  ];
}

function read(file: string): string {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  return file.endsWith('.ts') ? stripTypes(text) : text;
}

/** Node's own type stripping; its "experimental" warning says nothing to whoever runs the sandbox. */
function stripTypes(source: string): string {
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = warn;
  }
}

function once(make: () => string): () => string {
  let made: string | null = null;
  return () => (made ??= make());
}
