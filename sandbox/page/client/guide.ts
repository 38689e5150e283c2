import { fire, fired } from './alerts-panel.ts';
import { actAs } from './actions.ts';
import { typeInComposer } from './composer.ts';
import { channelOf, isManager, people } from './directory.ts';
import { byId, h, replace } from './dom.ts';
import { openChannel } from './navigation.ts';
import { closePanels } from './layout.ts';
import { inBackground, visible } from './refresh.ts';
import { currentChannelId, load, messagesOf, save, state } from './store.ts';
import type { Channel, GuideAlert } from './types.ts';

interface Step {
  words: string;
  done: boolean;
  button?: { text: string; run: () => void };
}

/** Clicks and commands of the guide that happened on this page, kept across reloads. */
const seen = new Set((load('guide') ?? '').split(',').filter(Boolean));

export function setUpGuide(): void {
  document.addEventListener('sandbox:clicked', (event) => {
    const action = event instanceof CustomEvent && typeof event.detail === 'string' ? event.detail : '';
    if (/ack/i.test(action)) mark('ack');
    if (/approve/i.test(action)) mark('approve');
    if (/tick|step|item|check/i.test(action)) mark('tick');
  });
  document.addEventListener('sandbox:fired', drawGuide);
}

/** "Your first five minutes": what to do next, with the next step's button at hand. */
export function drawGuide(): void {
  const box = byId('guide');
  if (seen.has('hidden') || state.workspace === null) {
    box.hidden = true;
    return;
  }
  box.hidden = false;
  const steps = stepsNow();
  const next = steps.findIndex((step) => !step.done);
  const list = h('ol', {}, ...steps.map((step, index) => renderStep(step, index === next)));
  const hide = h(
    'button',
    { type: 'button', class: 'button icon', 'aria-label': 'Hide this guide', onclick: () => mark('hidden') },
    '✕',
  );
  replace(
    box,
    h('header', {}, h('h3', {}, 'Your first five minutes'), hide),
    list,
    next < 0 ? h('p', { class: 'quiet' }, 'That is the whole way, from an alert to an RCA.') : null,
  );
}

export function guideSignature(): string {
  return JSON.stringify([stepsNow().map((step) => [step.words, step.done, step.button?.text]), [...seen]]);
}

function renderStep(step: Step, next: boolean): HTMLElement {
  const run = step.button;
  const button =
    next && run !== undefined
      ? h(
          'button',
          { type: 'button', class: 'button small primary', 'data-testid': 'guide-next', onclick: run.run },
          run.text,
        )
      : null;
  return h(
    'li',
    { class: step.done ? 'done' : next ? 'next' : 'later', 'aria-current': next ? 'step' : undefined },
    h('span', {}, step.words, step.done ? h('span', { class: 'sr' }, ' (done)') : null),
    button,
  );
}

function stepsNow(): Step[] {
  const alert =
    state.alerts.find((each) => /user-?profile-?service-?is?-?down$/i.test(each.id)) ??
    state.alerts.find((each) => /down/i.test(each.title)) ??
    state.alerts[0];
  const channel = newestIncident();
  const inChannel = channel !== undefined && currentChannelId() === channel.id;
  const text = channel === undefined ? '' : JSON.stringify(messagesOf(channel.id));
  // What others did shows in the cards: a card that nobody can acknowledge any more, a step that is ticked.
  const asked = /"action_id":"[^"]*approve/i.test(text);
  const approved = seen.has('approve') || /\bapproved (?:by|at)\b/i.test(text);
  const taken = text.includes('"action_id"') && !/"action_id":"[^"]*ack/.test(text);
  forgetWithoutIncidents();
  if (inChannel) seen.add('opened');
  return [
    fireStep(alert, channel),
    openStep(channel),
    { words: 'Press “Acknowledge and take command” on the incident card.', done: seen.has('ack') || taken },
    {
      words: 'Tick a step of the checklist. Everyone sees who did it, and when.',
      done: seen.has('tick') || text.includes('"initial_options"'),
    },
    {
      words: 'Ask for a restart: write /incident run restart and send the form.',
      done: asked || approved,
      button: typing('/incident run restart'),
    },
    approveStep(approved),
    {
      words: 'Write /incident resolve and read the RCA that was drafted for you.',
      done: /"files":\[\{/.test(text) && /rca/i.test(text),
      button: typing('/incident resolve'),
    },
  ];
}

function typing(line: string): { text: string; run: () => void } {
  const run = (): void => {
    const channel = newestIncident();
    if (channel !== undefined && channel.id !== currentChannelId()) openChannel(channel.id);
    closePanels();
    // The composer of the channel is there once the page has been drawn.
    setTimeout(() => typeInComposer(line), 0);
  };
  return { text: 'Type it for me', run };
}

function fireStep(alert: GuideAlert | undefined, channel: Channel | undefined): Step {
  const words = `Fire the alert “${alert?.title ?? 'User Profile Service is down'}”.`;
  const done = channel !== undefined || (alert !== undefined && fired.has(alert.id));
  return alert === undefined
    ? { words, done }
    : { words, done, button: { text: 'Fire it', run: () => void fire(alert, 'firing') } };
}

function openStep(channel: Channel | undefined): Step {
  if (channel === undefined) return { words: 'Open the channel that Tocsin makes for it.', done: false };
  const run = (): void => {
    mark('opened');
    openChannel(channel.id);
  };
  return {
    words: `Open the new channel #${channel.name}.`,
    done: seen.has('opened'),
    button: { text: 'Open it', run },
  };
}

function approveStep(approved: boolean): Step {
  const manager = people().find((user) => isManager(user.id));
  const step = {
    words: `Become ${manager?.real_name ?? 'a manager'}, look at the plan and approve it.`,
    done: approved,
  };
  const channel = newestIncident();
  if (channel !== undefined && isManager(state.as) && channel.id !== currentChannelId()) {
    return { ...step, button: { text: `Open #${channel.name}`, run: () => openChannel(channel.id) } };
  }
  if (manager === undefined || isManager(state.as)) return step;
  const run = (): void => {
    closePanels();
    inBackground(actAs(manager.id));
  };
  return { ...step, button: { text: `Act as ${manager.real_name ?? manager.name}`, run } };
}

/** In an emptied workspace the way begins again. */
function forgetWithoutIncidents(): void {
  if (state.workspace?.channels.some((channel) => channel.name.startsWith('inc-')) !== false) return;
  for (const step of ['opened', 'ack', 'tick', 'approve']) seen.delete(step);
}

function newestIncident(): Channel | undefined {
  const here = channelOf(currentChannelId());
  if (here?.name.startsWith('inc-')) return here;
  const all =
    state.workspace?.channels.filter(
      (channel) => channel.name.startsWith('inc-') && channel.is_archived !== true && visible(channel),
    ) ?? [];
  return all.sort((a, b) => (b.created ?? 0) - (a.created ?? 0))[0];
}

function mark(what: string): void {
  seen.add(what);
  save('guide', [...seen].join(','));
  drawGuide();
}
