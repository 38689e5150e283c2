import { getCluster, operateCluster, SandboxError } from './api.ts';
import { byId, h, replace } from './dom.ts';
import { onCluster } from './live.ts';
import { renderMenu } from './menu.ts';
import type { Cluster, Deployment, Pod } from './types.ts';

/** Changes of a rollout come in bursts; the panel is drawn at most this often. */
const REDRAW_MS = 200;

let cluster: Cluster | null = null;
let problem: string | null = null;
let due = false;

/** The sandbox's cluster, live: what runs, how a rollout goes, and ways to break it. */
export function setUpCluster(): void {
  byId('cluster-tab').addEventListener('toggle', () => void read());
  onCluster(() => {
    if (due) return;
    due = true;
    setTimeout(() => void read(), REDRAW_MS);
  });
  void read();
}

async function read(): Promise<void> {
  due = false;
  try {
    cluster = await getCluster();
    problem = null;
  } catch (error) {
    problem = error instanceof SandboxError ? error.message : String(error);
  }
  draw();
}

function draw(): void {
  const box = byId('cluster');
  if (box.querySelector('.menu') !== null) return;
  const rows = (cluster?.deployments ?? []).map((deployment) => {
    const pods =
      cluster?.pods.filter(
        (pod) => pod.namespace === deployment.namespace && pod.deployment === deployment.name,
      ) ?? [];
    return renderDeployment(deployment, pods);
  });
  replace(box, problem === null ? null : h('p', { class: 'error', role: 'alert' }, problem), ...rows);
}

function renderDeployment(deployment: Deployment, pods: readonly Pod[]): HTMLElement {
  const { name, namespace, ready, desired, image } = deployment;
  const state = stateOf(deployment);
  const dots = pods.map((pod) =>
    h('span', {
      class: `pod pod-${pod.ready ? 'ready' : /backoff|error/i.test(pod.status) ? 'bad' : 'waiting'}`,
      title: `${pod.name}: ${pod.status}, ${String(pod.restarts)} restarts`,
    }),
  );
  return h(
    'div',
    { class: 'deployment', 'data-testid': `deployment-${name}` },
    h(
      'div',
      { class: 'deployment-words' },
      h('strong', {}, name),
      h('span', { class: 'quiet' }, `${namespace} · ${image.split('/').at(-1) ?? image}`),
    ),
    menu(deployment),
    h(
      'div',
      { class: 'deployment-state' },
      h('span', { class: 'pods', 'aria-hidden': 'true' }, ...dots),
      h(
        'span',
        { class: `quiet ${state.bad ? 'bad-words' : ''}` },
        `${String(ready)} of ${String(desired)} ready${state.words}`,
      ),
    ),
  );
}

function stateOf(deployment: Deployment): { words: string; bad: boolean } {
  if (deployment.trouble.crash === true) return { words: ' · crashing', bad: true };
  if (deployment.trouble.stall === true) return { words: ' · rollouts stall', bad: true };
  if (deployment.paused) return { words: ' · paused', bad: false };
  const rolling =
    deployment.updated < deployment.desired ||
    deployment.replicas > deployment.updated ||
    deployment.ready < deployment.desired;
  return { words: rolling ? ` · rolling out, ${String(deployment.updated)} updated` : '', bad: false };
}

function menu(deployment: Deployment): HTMLElement {
  const { namespace, name } = deployment;
  const item = (text: string, op: string): { text: string; value: string; run: () => void } => ({
    text,
    value: op,
    run: () => void operate({ op, namespace, name }),
  });
  return renderMenu({
    label: `Break or mend ${name}`,
    glyph: '⋯',
    className: 'small',
    items: [
      item('Let it crash', 'crash'),
      item('Let rollouts stall', 'stall-rollout'),
      item('Mend it', 'heal'),
    ],
  });
}

async function operate(operation: Record<string, string>): Promise<void> {
  const answer = await operateCluster(operation);
  problem = answer;
  await read();
  if (answer !== null) {
    problem = answer;
    draw();
  }
}
