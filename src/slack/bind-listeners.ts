import type { App } from '@slack/bolt';
import { dispatchAction } from './dispatch-action.ts';
import { dispatchCommand } from './dispatch-command.ts';
import { dispatchEvent } from './dispatch-event.ts';
import type { EventTable } from './dispatch-event.ts';
import { dispatchShortcut } from './dispatch-shortcut.ts';
import { dispatchView } from './dispatch-view.ts';
import type { DispatchDeps } from './dispatch.ts';
import { readIncoming } from './incoming.ts';
import type { Incoming } from './incoming.ts';
import { tellPerson } from './tell-person.ts';

const ANY = /.*/s;

/** Slack's word for the one slash command; manifest.yml has it. */
export const SLASH_COMMAND = '/incident';

/**
 * Hands what Bolt received to the dispatchers and acknowledges it with their answer, once, within Slack's three seconds.
 * Bolt's client, say and respond are left alone.
 */
export function bindListeners(app: App, deps: DispatchDeps, events: EventTable): void {
  app.command(SLASH_COMMAND, async ({ body, ack, context }) => {
    const reply = await dispatchCommand(deps, read(body, context));
    if (reply === undefined) return ack();
    const { blocks, ...text } = reply;
    return ack(blocks === undefined ? text : { ...text, blocks: [...blocks] });
  });
  app.action(ANY, async ({ body, ack, context }) => {
    const incoming = read(body, context);
    const text = await dispatchAction(deps, incoming);
    await acknowledgeAndTell(deps, incoming, { ack, text });
  });
  app.shortcut(ANY, async ({ body, ack, context }) => {
    const incoming = read(body, context);
    const text = await dispatchShortcut(deps, incoming);
    await acknowledgeAndTell(deps, incoming, { ack, text });
  });
  app.view({ callback_id: ANY, type: 'view_submission' }, async ({ body, ack, context }) => {
    const reply = await dispatchView(deps, read(body, context));
    await (reply === undefined ? ack() : ack(reply));
  });
  app.event(ANY, async ({ body, context }) => {
    await dispatchEvent(deps, events, read(body, context));
  });
}

function read(body: unknown, context: Readonly<Record<string, unknown>>): Incoming {
  const key = context['deliveryKey'];
  return readIncoming(body, typeof key === 'string' ? [key] : []);
}

interface Reply {
  readonly ack: () => Promise<void>;
  readonly text: string;
}

async function acknowledgeAndTell(deps: DispatchDeps, incoming: Incoming, reply: Reply): Promise<void> {
  await reply.ack();
  if (reply.text !== '') await tellPerson(deps, incoming, reply.text);
}
