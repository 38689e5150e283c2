import { clickView, closeView, submitView } from './actions.ts';
import { renderBlocks } from './blocks.ts';
import { h } from './dom.ts';
import { check, collect } from './modal-values.ts';
import { renderPlain } from './mrkdwn-dom.ts';
import { state } from './store.ts';
import type { View } from './types.ts';
import { forgetScope } from './values.ts';

interface Status {
  errors: Record<string, string>;
  problem: string | null;
  busy: boolean;
}

const statuses = new Map<string, Status>();
let shown: { id: string; dialog: HTMLDialogElement; signature: string } | null = null;

/** Shows the top of the person's view stack; views under it come back when it closes. */
export function drawModal(): void {
  const view = state.views.modals.at(-1);
  forgetGone();
  if (view === undefined) {
    takeDown();
    return;
  }
  const signature = signatureOf(view);
  if (shown?.signature === signature) return;
  const before = shown;
  shown = { id: view.id, dialog: before?.dialog ?? openDialog(), signature };
  redraw(shown.dialog, view, before?.id === view.id);
}

function signatureOf(view: View): string {
  return JSON.stringify([view, statusOf(view.id), state.views.modals.length]);
}

/** Puts the form into the dialog; the same view keeps its scroll position, focus and cursor. */
function redraw(dialog: HTMLElement, view: View, same: boolean): void {
  const status = statusOf(view.id);
  const focus = same ? focusKey() : null;
  const caret = same ? caretNow() : null;
  const scrolled = same ? (dialog.querySelector('.modal-body')?.scrollTop ?? 0) : 0;
  dialog.replaceChildren(renderForm(view, status));
  dialog.querySelector('.modal-body')?.scrollTo({ top: scrolled });
  focusIn(dialog, Object.keys(status.errors).length > 0 ? '[aria-invalid="true"]' : focus);
  const active = document.activeElement;
  if (caret !== null && active instanceof HTMLTextAreaElement) active.setSelectionRange(caret, caret);
}

/** The first error, what had the focus before, the first input, or the first button. */
function focusIn(dialog: HTMLElement, wanted: string | null): void {
  const target = wanted === null ? null : dialog.querySelector<HTMLElement>(wanted);
  const first = target ?? dialog.querySelector<HTMLElement>('.modal-body :is(input, textarea, select)');
  (first ?? dialog.querySelector<HTMLElement>('.modal-foot button'))?.focus();
}

function renderForm(view: View, status: Status): HTMLElement {
  const scope = scopeOf(view.id);
  const blocks = renderBlocks(
    view.blocks,
    {
      surface: 'modal',
      scope,
      ...(view.state?.values === undefined ? {} : { saved: view.state.values }),
      act: (click) => act(view, () => clickView(view.id, click)),
      changed: (blockId) => clearError(view.id, blockId),
    },
    { errors: status.errors },
  );
  const title = renderPlain(view.title?.text ?? '');
  const back = state.views.modals.length > 1;
  const cross = h(
    'button',
    {
      type: 'button',
      class: 'button icon',
      'aria-label': back ? 'Back' : 'Close',
      onclick: () => void closeView(view.id),
    },
    back ? '←' : '✕',
  );
  const problem = status.problem === null ? null : h('p', { class: 'banner', role: 'alert' }, status.problem);
  const form = h(
    'form',
    { novalidate: true },
    h('header', { class: 'modal-head' }, h('h2', { id: 'modal-title' }, ...title), cross),
    h('div', { class: 'modal-body scroll' }, problem, blocks),
    renderFoot(view, status),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!status.busy && view.submit) void submit(view);
  });
  return form;
}

function renderFoot(view: View, status: Status): HTMLElement {
  const close = h(
    'button',
    { type: 'button', class: 'button', 'data-testid': 'modal-close', onclick: () => void closeView(view.id) },
    ...renderPlain(view.close?.text ?? (view.submit ? 'Cancel' : 'Close')),
  );
  const submit = view.submit
    ? h(
        'button',
        {
          type: 'submit',
          class: 'button primary',
          'data-testid': 'modal-submit',
          'aria-busy': status.busy ? 'true' : undefined,
          disabled: status.busy,
        },
        ...renderPlain(status.busy ? 'Sending…' : view.submit.text),
      )
    : null;
  return h('footer', { class: 'modal-foot' }, close, submit);
}

async function submit(view: View): Promise<void> {
  const missing = check(view, scopeOf(view.id));
  if (Object.keys(missing).length > 0) {
    setStatus(view.id, { errors: missing, problem: null, busy: false });
    return;
  }
  setStatus(view.id, { errors: {}, problem: null, busy: true });
  const { problem, errors } = await submitView(view.id, collect(view, scopeOf(view.id)));
  setStatus(view.id, {
    errors,
    problem: problem === null ? null : `${problem} Nothing is lost: try again.`,
    busy: false,
  });
}

async function act(view: View, work: () => Promise<string | null>): Promise<void> {
  const problem = await work();
  if (problem !== null) setStatus(view.id, { ...statusOf(view.id), problem });
}

function openDialog(): HTMLDialogElement {
  const dialog = h('dialog', { class: 'modal', 'aria-labelledby': 'modal-title', 'data-testid': 'modal' });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    if (shown !== null) void closeView(shown.id);
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function takeDown(): void {
  shown?.dialog.close();
  shown?.dialog.remove();
  shown = null;
}

/** Errors go away under an input that is being corrected, without drawing the form again. */
function clearError(viewId: string, blockId: string): void {
  const status = statusOf(viewId);
  if (status.errors[blockId] === undefined) return;
  delete status.errors[blockId];
  const block = shown?.dialog.querySelector(`.block-input[data-block-id="${CSS.escape(blockId)}"]`);
  block?.classList.remove('has-error');
  block?.querySelector('.error')?.remove();
  const view = state.views.modals.at(-1);
  if (shown !== null && view !== undefined) shown.signature = signatureOf(view);
}

/** Where one is typing, so that a form that fills in meanwhile does not move the cursor. */
function caretNow(): number | null {
  const active = document.activeElement;
  return active instanceof HTMLTextAreaElement ? active.selectionStart : null;
}

function focusKey(): string | null {
  const active = document.activeElement?.closest<HTMLElement>('[data-action-id]');
  const action = active?.dataset['actionId'];
  return action === undefined ? null : `[data-action-id="${CSS.escape(action)}"]`;
}

function scopeOf(viewId: string): string {
  return `${state.as}/view/${viewId}`;
}

function statusOf(viewId: string): Status {
  return statuses.get(viewId) ?? { errors: {}, problem: null, busy: false };
}

function setStatus(viewId: string, status: Status): void {
  statuses.set(viewId, status);
  drawModal();
}

function forgetGone(): void {
  for (const id of statuses.keys()) {
    if (state.views.modals.some((view) => view.id === id)) continue;
    statuses.delete(id);
    forgetScope(scopeOf(id));
  }
}
