import { deliver, problemOf, SandboxError, sentenceFor } from './api.ts';
import type { Click } from './block-context.ts';
import { inBackground, refreshAll, refreshMessages, refreshViews } from './refresh.ts';
import { addNotice, currentChannelId, save, state, update } from './store.ts';
import type { Delivery } from './types.ts';

/** Everything the person on screen can do. Each returns what to tell them if it did not work, else null. */

export async function sendMessage(channel: string, text: string, thread?: string): Promise<string | null> {
  return said(
    channel,
    await tell('/control/message', { channel, text, ...(thread === undefined ? {} : { thread_ts: thread }) }),
  );
}

/** The sandbox itself writes Slack's "failed with the error" line; only what it refuses needs a notice here. */
export async function runCommand(channel: string, line: string): Promise<string | null> {
  const command = line.trim().split(/\s/)[0] ?? '';
  const answer = await attempt('/control/command', {
    channel,
    command,
    text: line.trim().slice(command.length).trim(),
  });
  inBackground(refreshViews());
  const problem = problemOf(answer);
  return sentenceFor(answer.error ?? '') === null ? said(channel, problem) : problem;
}

export async function clickMessage(channel: string, ts: string, click: Click): Promise<string | null> {
  const problem = await tell('/control/click', { channel, ts, ...click });
  inBackground(refreshViews());
  return said(channel, problem);
}

export async function clickView(viewId: string, click: Click): Promise<string | null> {
  const problem = await tell('/control/click', {
    channel: currentChannelId() ?? undefined,
    view_id: viewId,
    ...click,
  });
  inBackground(refreshViews());
  return problem;
}

/** The whole answer, since a submission may come back with errors for single inputs. */
export async function submitView(
  viewId: string,
  values: Record<string, unknown>,
): Promise<{ problem: string | null; errors: Record<string, string> }> {
  const answer = await attempt('/control/submit', { view_id: viewId, values });
  inBackground(refreshViews());
  const errors = answer.errors ?? {};
  return { problem: Object.keys(errors).length > 0 ? null : problemOf(answer), errors };
}

export async function closeView(viewId: string): Promise<void> {
  await tell('/control/close', { view_id: viewId });
  inBackground(refreshViews());
}

export async function runShortcut(callbackId: string, channel: string, ts?: string): Promise<string | null> {
  const problem = await tell('/control/shortcut', {
    callback_id: callbackId,
    channel,
    ...(ts === undefined ? {} : { ts }),
  });
  inBackground(refreshViews());
  return said(channel, problem);
}

export async function react(channel: string, ts: string, name: string, remove: boolean): Promise<void> {
  said(channel, await tell('/control/react', { channel, ts, name, ...(remove ? { remove: true } : {}) }));
  inBackground(refreshMessages(channel));
}

export async function joinChannel(channel: string): Promise<void> {
  said(channel, await tell('/control/join', { channel }));
  inBackground(refreshAll());
}

export async function openHome(): Promise<void> {
  update({ place: { kind: 'home' }, thread: null });
  const problem = await tell('/control/home', {});
  inBackground(refreshViews());
  if (problem !== null) update({ fault: problem });
}

export async function actAs(user: string): Promise<void> {
  save('as', user);
  update({ as: user, thread: null, messages: new Map(), views: { modals: [], home: null } });
  await refreshAll();
}

async function tell(path: string, body: Record<string, unknown>): Promise<string | null> {
  return problemOf(await attempt(path, body));
}

async function attempt(path: string, body: Record<string, unknown>): Promise<Delivery> {
  update({ waiting: state.waiting + 1 });
  try {
    return await deliver(path, { as: state.as, ...body });
  } catch (error) {
    return { error: error instanceof SandboxError ? error.message : String(error) };
  } finally {
    update({ waiting: state.waiting - 1 });
  }
}

function said(channel: string, problem: string | null): string | null {
  if (problem !== null) addNotice(channel, problem);
  return problem;
}
