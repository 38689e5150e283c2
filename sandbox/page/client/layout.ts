import { byId } from './dom.ts';

/** The sidebar and the alerts panel slide over the channel on narrow screens. */
export function openPanel(which: 'sidebar' | 'alerts'): void {
  document.body.dataset['panel'] = which;
  if (which === 'alerts') delete document.body.dataset['alerts'];
  byId(which === 'sidebar' ? 'sidebar' : 'side').focus();
  drawState();
}

export function closePanels(): void {
  delete document.body.dataset['panel'];
  drawState();
}

export function setUpLayout(): void {
  byId('open-sidebar').addEventListener('click', () => toggle('sidebar'));
  byId('open-alerts').addEventListener('click', () => toggle('alerts'));
  byId('close-alerts').addEventListener('click', closePanels);
  byId('close-sidebar').addEventListener('click', closePanels);
  byId('backdrop').addEventListener('click', closePanels);
  document.addEventListener('pointerdown', (event) => closePopovers(event.target));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || document.querySelector('dialog[open]') !== null) return;
    closePopovers(null);
    closePanels();
  });
}

/** Lists that hang from the header go away with a click elsewhere, or Escape. */
function closePopovers(target: EventTarget | null): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details.members[open]')) {
    if (!(target instanceof Node) || !details.contains(target)) details.open = false;
  }
}

function toggle(which: 'sidebar' | 'alerts'): void {
  if (document.body.dataset['panel'] === which) closePanels();
  else openPanel(which);
}

function drawState(): void {
  const open = document.body.dataset['panel'];
  byId('open-sidebar').setAttribute('aria-expanded', String(open === 'sidebar'));
  byId('open-alerts').setAttribute('aria-expanded', String(open === 'alerts'));
}
