import { afterAll, beforeAll, expect, it } from 'vitest';
import { getIncident } from '../../../src/incidents/store.ts';
import type { OpenModal, ViewAnswer, ViewContext } from '../../../src/slack/define-listener.ts';
import type { ModalValue } from '../../../src/slack/modal-values.ts';
import { openResolve } from '../../../src/slack/open-resolve.ts';
import { loadListeners } from '../../../src/slack/register-listeners.ts';
import { RESOLVE_CALLBACK } from '../../../src/slack/views/resolve-modal.ts';
import { startApprovalWorld } from '../approvals/approval-world.ts';
import type { ApprovalWorld } from '../approvals/approval-world.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await startApprovalWorld();
});
afterAll(() => world.close());

function context(
  id: string,
  typed: Record<string, string> = {},
): ViewContext & { readonly opened: unknown[] } {
  const opened: unknown[] = [];
  const person = world.person('U0ANA');
  const openModal = (view: unknown): Promise<OpenModal> => {
    opened.push(view);
    return Promise.resolve({ viewId: 'V1', update: () => Promise.resolve() });
  };
  const notHere = (): Promise<never> => Promise.reject(new Error('no part of this test'));
  return {
    deps: {
      ...world.deps,
      cluster: { observeDeployment: notHere, followRollout: notHere },
      clusterWriter: { restartDeployment: notHere },
      probeHealth: notHere,
      actions: new Map(),
      playbooks: [],
    },
    person,
    user: person,
    triggerId: 't',
    openModal,
    afterwards: () => undefined,
    viewId: 'V1',
    id,
    values: new Map(
      Object.entries(typed).map(([key, value]): [string, ModalValue] => [key, { value, selected: [value] }]),
    ),
    opened,
  };
}

async function submit(id: string, typed: Record<string, string>): Promise<ViewAnswer> {
  const handler = (await loadListeners()).views.get(RESOLVE_CALLBACK);
  if (handler === undefined) throw new Error('the form is not known');
  return handler(context(id, typed));
}

it('opens with what blocks, comes back when something began meanwhile, and resolves with a reason', async () => {
  const { incidentId, id } = await world.ask();
  const incident = await getIncident(world.deps.db, incidentId);
  if (incident === undefined) throw new Error('no incident');
  const asked = context(incidentId);
  expect(await openResolve(asked, incident)).toBeUndefined();
  expect(JSON.stringify(asked.opened)).toContain('Restart checkout (prod) is waiting for approval');

  // The form was opened before the action was asked for, so it had no place for a reason.
  const back = await submit(incidentId, { impact: 'Nobody could pay', 'root-cause': 'a leak' });
  const again = JSON.stringify(back.update);
  expect(again).toContain('is waiting for approval');
  expect(again).toContain('"initial_value":"Nobody could pay"');
  expect((await getIncident(world.deps.db, incidentId))?.status).toBe('investigating');

  const done = await submit(incidentId, { impact: 'Nobody could pay', override: 'not needed any more' });
  expect(done.ephemeral).toContain('is resolved');
  const resolved = await getIncident(world.deps.db, incidentId);
  if (resolved === undefined) throw new Error('no incident');
  const late = context(incidentId);
  expect(await openResolve(late, resolved)).toContain('is resolved already');
  expect(late.opened).toEqual([]);
  expect(await world.state(id)).toBe('awaiting-approval');
});

it('says under the inputs what is missing, and nothing for an incident that is not there', async () => {
  const { incidentId } = await world.ask();
  expect((await submit(incidentId, {})).errors).toHaveProperty('impact');
  await expect(submit('no-such-incident', { impact: 'x' })).rejects.toMatchObject({ code: 'not_found' });
});
