import { apiVersionOf, RESOURCES } from './resources.ts';

/**
 * Discovery as clients read it that fall back from the aggregated form: versions, groups, resources.
 *
 * @returns undefined for a path that is not a discovery document. OpenAPI is not served: clients do without.
 */
export function discoveryDocument(path: string): unknown {
  if (path === '/version') return VERSION;
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() };
  const group = groups().find((one) => path === `/apis/${one.name}`);
  if (group) return { kind: 'APIGroup', apiVersion: 'v1', ...group };
  const version = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path);
  if (!version) return undefined;
  const [, name = '', number = ''] = version;
  const resources = resourcesOf(name, number);
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group: name, version: number }),
    resources,
  };
}

const VERSION = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.4+sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-05-15T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'linux/amd64',
};

function groups() {
  const names = [...new Set(RESOURCES.map((info) => info.group).filter((group) => group !== ''))];
  return names.map((name) => {
    const version = RESOURCES.find((info) => info.group === name)?.version ?? 'v1';
    const groupVersion = { groupVersion: `${name}/${version}`, version };
    return { name, versions: [groupVersion], preferredVersion: groupVersion };
  });
}

function resourcesOf(group: string, version: string): unknown[] {
  return RESOURCES.filter((info) => info.group === group && info.version === version).flatMap((info) => [
    {
      name: info.resource,
      singularName: info.singular,
      namespaced: info.namespaced,
      kind: info.kind,
      verbs: info.verbs,
      shortNames: info.shortNames,
      ...(info.categories ? { categories: info.categories } : {}),
    },
    ...Object.entries(info.subresources).map(([name, sub]) => ({
      name: `${info.resource}/${name}`,
      singularName: '',
      namespaced: info.namespaced,
      ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
}
