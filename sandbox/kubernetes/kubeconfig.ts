import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `<folder>/kubeconfig` for the sandbox cluster. The server is http on loopback, which clients accept
 * only with `insecure-skip-tls-verify`.
 */
export function writeKubeconfig(folder: string, server: string, token: string): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'sandbox',
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox', namespace: 'default' } }],
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'kubeconfig');
  // JSON is YAML; renamed into place, so that a reader never finds half a file.
  writeFileSync(`${file}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
