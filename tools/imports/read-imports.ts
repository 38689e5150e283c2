import { parseSync } from 'oxc-parser';

/** One import or re-export of a file. `target` is undefined for a path that is computed. */
export type Import = { target: string | undefined; typeOnly: boolean; line: number };

/**
 * Everything that a TypeScript file imports: statements, re-exports, import() and import types.
 * @throws when the file does not parse, since an unread file proves nothing.
 */
export function readImports(path: string, text: string): Import[] {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const found: Import[] = [];
  for (const one of module.staticImports) {
    const typeOnly = one.entries.length > 0 && one.entries.every((entry) => entry.isType);
    found.push({ target: one.moduleRequest.value, typeOnly, line: lineAt(one.start) });
  }
  for (const entry of module.staticExports.flatMap((one) => one.entries)) {
    if (!entry.moduleRequest) continue;
    found.push({ target: entry.moduleRequest.value, typeOnly: entry.isType, line: lineAt(entry.start) });
  }
  for (const { start, moduleRequest } of module.dynamicImports) {
    const source = text.slice(moduleRequest.start, moduleRequest.end);
    found.push({ target: /^(['"])(.+)\1$/.exec(source)?.[2], typeOnly: false, line: lineAt(start) });
  }
  return [...found, ...importTypes(text, lineAt)];
}

/** `type T = import('./x.ts').T` is not in the parser's module record. */
function importTypes(text: string, lineAt: (offset: number) => number): Import[] {
  return [...text.matchAll(/\bimport\(\s*(['"])([^'"]+)\1\s*\)\s*\./g)].map((match) => ({
    target: match[2],
    typeOnly: true,
    line: lineAt(match.index),
  }));
}
