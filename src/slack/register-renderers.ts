import { join } from 'node:path';
import { loadModules } from '../lib/load-modules.ts';
import type { SurfaceKind } from '../surfaces/model.ts';
import { isRenderer } from './define-renderer.ts';
import type { RendererDefinition } from './define-renderer.ts';

const FOLDER = join(import.meta.dirname, 'renderers');

/** Loads src/slack/renderers/*, by kind of surface. */
export async function loadRenderers(
  folder: string = FOLDER,
): Promise<ReadonlyMap<SurfaceKind, RendererDefinition>> {
  const loaded = await loadModules<RendererDefinition>({
    folder,
    what: 'renderer',
    isDefinition: isRenderer,
    idOf: (renderer) => renderer.kind,
  });
  return new Map(loaded.map((one) => [one.definition.kind, one.definition]));
}
