import { clickView } from './actions.ts';
import { renderBlocks } from './blocks.ts';
import { byId, h, replace } from './dom.ts';
import { addNotice, currentChannelId, state, update } from './store.ts';

/** The app's home tab, as it published it for this person. */
export function drawHome(): void {
  const box = byId('home');
  const home = state.views.home;
  const here = state.place.kind === 'home';
  box.hidden = !here;
  byId('messages').hidden = here;
  if (!here) return;
  if (home === null) {
    const words =
      state.waiting > 0
        ? 'Asking Tocsin for your home tab…'
        : 'Tocsin has not published a home tab for you yet.';
    replace(
      box,
      h(
        'div',
        { class: 'empty' },
        h('strong', {}, words),
        h('p', {}, 'It is filled when Tocsin answers that you opened it.'),
      ),
    );
    return;
  }
  const act = async (click: Parameters<typeof clickView>[1]): Promise<void> => {
    const problem = await clickView(home.id, click);
    if (problem === null) return;
    const channel = currentChannelId();
    if (channel === null) update({ fault: problem });
    else addNotice(channel, problem);
  };
  replace(
    box,
    renderBlocks(home.blocks, {
      surface: 'home',
      scope: `${state.as}/view/${home.id}`,
      act,
      ...(home.state?.values === undefined ? {} : { saved: home.state.values }),
    }),
  );
}

export function homeSignature(): string {
  return JSON.stringify([
    state.place.kind,
    state.views.home,
    state.as,
    state.place.kind === 'home' && state.waiting > 0,
  ]);
}
