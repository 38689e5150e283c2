import { firingAlert } from './alerts.ts';
import type { ChannelSeen, SlackMessageSeen } from './sandbox-client.ts';
import type { World } from './world.ts';

const DEPLOYMENT = '/apis/apps/v1/namespaces/exalt-shared/deployments/user-profile-service';

/** The P0 of the user profile service, opened: its channel, once Ana is in it. Alerts are sent until one is taken. */
export async function openDown(world: World, timeoutMs = 30_000): Promise<ChannelSeen> {
  await sendUntilTaken(world, firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  return world.sandbox.until(
    'the channel of the P0',
    async () =>
      (await world.sandbox.channels()).find(
        ({ name, members }) => name.includes('userprofileservicedown') && members.includes('U0ANA'),
      ),
    timeoutMs,
  );
}

/** As Alertmanager does: again on 5xx and broken connections, until 202. @returns milliseconds that it took */
export async function sendUntilTaken(world: World, body: unknown, replica = 0): Promise<number> {
  const started = performance.now();
  await world.sandbox.until(
    'the alert is taken',
    async () => (await world.alert(body, { replica }).catch(() => undefined))?.status === 202,
    60_000,
  );
  return performance.now() - started;
}

/** Ana asks for a restart. @returns the card with the button to approve it */
export async function askForRestart(
  world: World,
  channel: string,
  reason = 'memory climbs',
): Promise<SlackMessageSeen> {
  const { sandbox } = world;
  await sandbox.command('U0ANA', channel, '/incident run restart');
  const plan = await sandbox.until('the plan', async () => {
    const found = await sandbox.modal('U0ANA');
    return JSON.stringify(found?.blocks ?? []).includes('Outage:') ? found : undefined;
  });
  await sandbox.submit('U0ANA', plan.id, { reason: { reason } });
  return approvalCard(world, channel, reason);
}

export function approvalCard(world: World, channel: string, reason: string): Promise<SlackMessageSeen> {
  return world.sandbox.until('the approval card', async () =>
    (await world.sandbox.messages(channel)).findLast((message) => {
      const blocks = JSON.stringify(message.blocks ?? []);
      return blocks.includes('approval.approve') && blocks.includes(reason);
    }),
  );
}

/** Resolves once an execution is in this state. */
export async function executionIs(world: World, state: string, timeoutMs = 30_000): Promise<void> {
  await world.sandbox.until(
    `an execution is ${state}`,
    async () => {
      const { rows } = await world.owner.query('select from app.executions where state = $1', [state]);
      return rows.length > 0;
    },
    timeoutMs,
  );
}

/** Restarts that the cluster took: PATCHes that changed it, and what the deployment's generation says. */
export async function restartsDone(
  world: World,
): Promise<{ readonly patches: number; readonly generation: number }> {
  const entries = await world.sandbox.ledger(`PATCH ${DEPLOYMENT}`);
  const answer = await fetch(`${world.sandbox.url}/kubernetes${DEPLOYMENT}`, {
    headers: { authorization: 'Bearer sandbox' },
  });
  const body: { metadata: { generation: number } } = JSON.parse(await answer.text());
  return {
    patches: entries.filter((entry) => entry.effect).length,
    generation: body.metadata.generation,
  };
}

/** What every fault must leave: no message of ours twice, none missing, each channel once. */
export async function messagesAndSurfaces(world: World): Promise<{
  readonly posted: readonly string[];
  readonly wanted: readonly string[];
}> {
  const channels = (await world.sandbox.channels()).filter(({ name }) => name.startsWith('inc-'));
  const lists = await Promise.all(
    [...channels.map(({ id }) => id), 'C0INCIDENTS'].map((id) => world.sandbox.messages(id)),
  );
  const posted = lists.flat().flatMap((message) => {
    const id = message.metadata?.event_payload['id'];
    return typeof id === 'string' ? [id] : [];
  });
  const surfaces = await world.owner.query<{ id: string }>(
    `select id from app.surfaces where channel_id not like 'U%' and channel_id not like 'D%' and (ts is not null or shown < wanted)`,
  );
  return { posted: posted.toSorted(), wanted: surfaces.rows.map((row) => row.id).toSorted() };
}

/** Waits until every message shows what is wanted. */
export async function allShown(world: World, timeoutMs = 60_000): Promise<void> {
  await world.sandbox.until(
    'every message shows what is wanted',
    async () => {
      const { rows } = await world.owner.query('select from app.surfaces where shown < wanted limit 1');
      const jobs = await world.owner.query(`select from jobs.job where state < 'completed' limit 1`);
      return rows.length === 0 && jobs.rows.length === 0;
    },
    timeoutMs,
  );
}
