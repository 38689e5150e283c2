import { apiVersionOf, type ResourceInfo } from './resources.ts';
import { isRecord } from './same-json.ts';
import { type Column, columnsOf } from './table-columns.ts';

export type TableOptions = {
  now: number;
  /** None, Metadata (the API's default) or Object. */
  includeObject: string;
  version: string;
};

/** The table form of objects (meta.k8s.io/v1 Table): what `kubectl get` prints. */
export function tableOf(info: ResourceInfo, objects: Record<string, unknown>[], options: TableOptions) {
  const columns = columnsOf(info);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: options.version },
    columnDefinitions: columns.map(definitionOf),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      ...embedded(info, object, options.includeObject),
    })),
  };
}

function definitionOf(column: Column) {
  return {
    name: column.name,
    type: column.number === true ? 'integer' : 'string',
    format: column.name === 'Name' ? 'name' : '',
    description: '',
    priority: column.wide === true ? 1 : 0,
  };
}

function embedded(
  info: ResourceInfo,
  object: Record<string, unknown>,
  include: string,
): { object?: unknown } {
  if (include === 'None') return {};
  if (include === 'Object') return { object: { apiVersion: apiVersionOf(info), ...object } };
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
}
