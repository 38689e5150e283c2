import { drawAlerts, drawFiring } from './alerts-panel.ts';
import { drawHeader, drawJoin, headerSignature } from './channel-header.ts';
import { setUpCluster } from './cluster-panel.ts';
import { createComposer } from './composer.ts';
import { channelOf, channelTitle } from './directory.ts';
import { byId, h, replace } from './dom.ts';
import { drawGuide, guideSignature, setUpGuide } from './guide.ts';
import { drawHome, homeSignature } from './home.ts';
import { setUpLayout } from './layout.ts';
import { followEvents } from './live.ts';
import { drawMessages, setUpScroll } from './message-list.ts';
import { drawModal } from './modal.ts';
import { markRead } from './navigation.ts';
import { inBackground, refreshAll } from './refresh.ts';
import { drawSidebar, drawUnreadTotal, sidebarSignature } from './sidebar.ts';
import { currentChannelId, state, subscribe, update, whenChanged } from './store.ts';
import { drawThread } from './thread-panel.ts';

/** Puts the page together: each part draws itself again when what it shows has changed. */
function start(): void {
  setUpLayout();
  setUpScroll();
  setUpGuide();
  setUpCluster();
  const composer = createComposer({
    testId: 'composer',
    target: () => {
      const channel = currentChannelId();
      return channel === null ? null : { channel };
    },
    placeholder: () => {
      const channel = channelOf(currentChannelId());
      return channel === undefined
        ? 'Message'
        : `Message ${channel.is_im === true ? '' : '#'}${channelTitle(channel)}`;
    },
  });
  byId('composer').append(composer.element);
  subscribe(whenChanged(sidebarSignature, drawSidebar));
  subscribe(drawUnreadTotal);
  subscribe(whenChanged(headerSignature, drawHeader));
  subscribe(whenChanged(headerSignature, drawJoin));
  subscribe(
    whenChanged(() => JSON.stringify([state.place, state.as, state.workspace?.shortcuts]), composer.refresh),
  );
  subscribe(whenChanged(homeSignature, drawHome));
  subscribe(drawMessages);
  subscribe(drawThread);
  subscribe(drawModal);
  subscribe(whenChanged(() => state.alerts.map((alert) => alert.id).join(' '), drawAlerts));
  subscribe(drawFiring);
  subscribe(whenChanged(guideSignature, drawGuide));
  subscribe(whenChanged(() => JSON.stringify([state.online, state.fault, state.waiting > 0]), drawStatus));
  document.addEventListener('visibilitychange', () => {
    const channel = currentChannelId();
    if (document.visibilityState === 'visible' && channel !== null) markRead(channel);
  });
  inBackground(refreshAll());
  followEvents();
}

/** A line at the top when something is wrong, and a quiet mark while Tocsin is being asked. */
function drawStatus(): void {
  const bar = byId('fault');
  const words =
    state.fault ??
    (state.online ? null : 'The connection to the sandbox is gone. This page tries again by itself.');
  bar.hidden = words === null;
  const again = h(
    'button',
    {
      type: 'button',
      class: 'button small',
      onclick: () => {
        update({ fault: null });
        inBackground(refreshAll());
      },
    },
    'Try again',
  );
  replace(bar, h('span', {}, words ?? ''), again);
  document.body.classList.toggle('waiting', state.waiting > 0);
}

start();
