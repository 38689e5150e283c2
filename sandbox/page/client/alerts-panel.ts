import { postAlert, problemOf, SandboxError } from './api.ts';
import { byId, h, replace, whileBusy } from './dom.ts';
import { inBackground, refreshAlerts } from './refresh.ts';
import { state } from './store.ts';
import type { Delivery, GuideAlert } from './types.ts';

const answers = new Map<string, HTMLElement>();
/** Ids of alerts fired and accepted since the page was loaded; the guide reads it. */
export const fired = new Set<string>();

/** The guides' alerts: each is posted to Tocsin's real webhook, and what came back stands under it. */
export function drawAlerts(): void {
  const box = byId('alerts');
  if (state.alerts.length === 0) {
    replace(
      box,
      h('div', { class: 'empty' }, h('strong', {}, 'No alerts'), h('p', {}, 'The sandbox offers none.')),
    );
    return;
  }
  const guides = [...new Set(state.alerts.map((alert) => alert.guide))];
  const order = guides.sort(
    (a, b) => Number(b.includes('User Profile')) - Number(a.includes('User Profile')),
  );
  replace(box, ...order.map((guide, index) => renderGuide(guide, index === 0)));
}

/** Marks what is firing, without drawing the list again under somebody's hands. */
export function drawFiring(): void {
  for (const mark of document.querySelectorAll<HTMLElement>('[data-firing]')) {
    mark.hidden = state.alerts.every((alert) => alert.id !== mark.dataset['firing'] || alert.firing !== true);
  }
}

export async function fire(alert: GuideAlert, status: 'firing' | 'resolved'): Promise<void> {
  showAnswer(alert.id, h('p', { class: 'answer' }, 'Sending…'));
  const answer = await attempt(alert.id, status);
  const problem = problemOf(answer);
  if (problem === null && status === 'firing') fired.add(alert.id);
  showAnswer(alert.id, renderAnswer(answer, status));
  inBackground(refreshAlerts());
  document.dispatchEvent(new CustomEvent('sandbox:fired'));
}

function renderGuide(guide: string, open: boolean): HTMLElement {
  const alerts = state.alerts.filter((alert) => alert.guide === guide);
  const summary = h(
    'summary',
    {},
    h('span', {}, guideName(guide)),
    h('span', { class: 'quiet' }, String(alerts.length)),
  );
  return h('details', { class: 'guide-alerts', open }, summary, ...alerts.map(renderAlert));
}

function renderAlert(alert: GuideAlert): HTMLElement {
  const button = (status: 'firing' | 'resolved', words: string): HTMLElement => {
    const testId = `${status === 'firing' ? 'fire' : 'resolve'}-${alert.id}`;
    const made = h(
      'button',
      {
        type: 'button',
        class: `button small${status === 'firing' ? ' fire' : ''}`,
        'data-testid': testId,
        'aria-label': `${words} ${alert.title}`,
      },
      words,
    );
    made.addEventListener('click', () => void whileBusy(made, () => fire(alert, status)));
    return made;
  };
  const slot = h('div', { class: 'answer-slot', role: 'status', 'data-testid': `answer-${alert.id}` });
  slot.append(...(answers.get(alert.id)?.childNodes ?? []));
  answers.set(alert.id, slot);
  const summary = alert.payload?.alerts?.[0]?.annotations?.summary ?? '';
  return h(
    'div',
    { class: 'alert-row' },
    h('span', { class: 'alert-title' }, spaced(alert.title)),
    summary === '' ? null : h('span', { class: 'quiet alert-summary' }, summary),
    h(
      'span',
      {},
      h('span', { class: `severity severity-${severityClass(alert.severity)}` }, alert.severity),
      h('span', { class: 'firing', 'data-firing': alert.id, hidden: true }, ' firing'),
    ),
    h('div', { class: 'alert-buttons' }, button('firing', 'Fire'), button('resolved', 'Resolve')),
    slot,
  );
}

async function attempt(id: string, status: 'firing' | 'resolved'): Promise<Delivery> {
  try {
    return await postAlert(id, status);
  } catch (error) {
    return { error: error instanceof SandboxError ? error.message : String(error) };
  }
}

function renderAnswer(answer: Delivery, status: string): HTMLElement {
  const problem = problemOf(answer);
  const body =
    answer.body === undefined || answer.body === ''
      ? ''
      : typeof answer.body === 'string'
        ? answer.body
        : JSON.stringify(answer.body);
  const line = answer.status
    ? `HTTP ${String(answer.status)}${answer.status === 202 ? ' Accepted' : ''}`
    : 'No answer';
  const words =
    problem ?? (status === 'firing' ? 'Tocsin has stored the alert.' : 'Tocsin has stored that it is over.');
  return h(
    'div',
    { class: `answer ${problem === null ? 'good' : 'bad'}` },
    h('p', {}, h('strong', {}, line), ' · ', words),
    body === '' ? null : h('pre', { tabindex: 0 }, h('code', {}, body.slice(0, 600))),
  );
}

function showAnswer(id: string, answer: HTMLElement): void {
  answers.get(id)?.replaceChildren(answer);
}

/** Alert names are one long word; this lets them wrap between the words without changing what is read or copied. */
function spaced(name: string): Node {
  const fragment = document.createDocumentFragment();
  for (const word of name.split(/(?=[A-Z][a-z])/)) fragment.append(word, document.createElement('wbr'));
  return fragment;
}

function guideName(guide: string): string {
  return guide.includes(' ')
    ? guide
    : guide.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());
}

function severityClass(severity: string): string {
  return /crit|p0|p1|emerg/i.test(severity) ? 'high' : /warn|p2/i.test(severity) ? 'middle' : 'low';
}
