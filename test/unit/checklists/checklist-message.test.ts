import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exceedsTextSum, blockProblems } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { newChecklist } from '../../../src/checklists/new-checklist.ts';
import { MESSAGE_LIMITS, paginate } from '../../../src/checklists/pagination.ts';
import type { ItemState, StoredChecklist, StoredItem } from '../../../src/checklists/model.ts';
import type { Playbook } from '../../../src/checklists/playbook/model.ts';
import type { ChecklistPicture } from '../../../src/checklists/read-checklist.ts';
import { loadPlaybookFolder } from '../../../src/config/load-playbooks.ts';
import type { Incident } from '../../../src/incidents/model.ts';
import { checklistMessage } from '../../../src/slack/views/checklist.ts';
import { parsePhaseId, phaseModal } from '../../../src/slack/views/phase-modal.ts';
import { playbookOf } from './playbook-of.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const KNOWN = { actions: ['restart'], diagnostics: [] };
const shipped = await loadPlaybookFolder(path.join(ROOT, 'playbooks'), 'shipped', KNOWN);
const guides = await loadPlaybookFolder(path.join(ROOT, 'test/fixtures/playbooks'), 'team', KNOWN);

const STARTED = new Date('2026-03-01T10:00:00Z');
const ANA = { teamId: 'T0WORKSPACE', userId: 'U0123456789A' };

const incident: Incident = {
  id: 'i1',
  number: 7,
  groupKey: null,
  title: 'Down <!channel>',
  slug: 'down',
  severity: 'P0',
  status: 'investigating',
  service: null,
  isPrivate: false,
  openedBy: { kind: 'person', ...ANA },
  commander: null,
  startedAt: STARTED,
  openedAt: STARTED,
  acknowledgedAt: null,
  mitigatedAt: null,
  resolvedAt: null,
  closedAt: null,
  channelId: 'C1',
  channelName: 'inc-7',
  routeReason: null,
  version: 1,
};

type Change = (stepId: string) => Partial<StoredItem>;

function pictureOf(playbook: Playbook, change: Change = () => ({}), folded = false): ChecklistPicture {
  const fresh = newChecklist(playbook, 'AbC_dEf-0123456789abcd', STARTED);
  const items = new Map<string, StoredItem>();
  for (const [stepId, item] of fresh.items) {
    items.set(stepId, { ...item, user: null, overdueAt: null, remindedFor: null, ...change(stepId) });
  }
  const checklist: StoredChecklist = {
    ...fresh,
    version: 123,
    incidentId: 'i1',
    role: 'main',
    playbookFile: playbook.file,
    playbookOrigin: playbook.origin,
    severity: 'P0',
    foldedAt: folded ? STARTED : null,
    items,
  };
  return { checklist, playbook, incident };
}

const touched = (state: ItemState): Partial<StoredItem> => ({
  state,
  by: 'ana',
  user: ANA,
  at: STARTED,
  version: 3,
  skipReason: state === 'skipped' ? 'not-possible' : null,
});
const EVERY_THIRD: Change = (stepId) =>
  stepId.length % 3 === 0 ? touched('done') : stepId.length % 3 === 1 ? touched('skipped') : {};
const LATE: Change = () => ({ overdueAt: STARTED, remindedFor: new Date('2026-03-01T12:00:00Z') });

function messagesOf(picture: ChecklistPicture): unknown[] {
  const pages = paginate(picture.playbook, picture.checklist.items, MESSAGE_LIMITS).length;
  return Array.from({ length: pages }, (_, page) => {
    const message = checklistMessage(picture, page, { retired: false, posted: false });
    if (message === null) throw new Error(`page ${page} is missing`);
    expect(blockProblems(message.blocks, 'message', '/blocks')).toEqual([]);
    expect(exceedsTextSum(message.blocks)).toBe(false);
    expect(message.text).toMatch(/\.$/);
    return message;
  });
}

const STATES: readonly (readonly [string, Change])[] = [
  ['untouched', () => ({})],
  ['half done', EVERY_THIRD],
  ['overdue', LATE],
  ['all done', () => touched('done')],
  ['all skipped', () => touched('skipped')],
];

describe.each(
  [...shipped.playbooks, ...guides.playbooks].map((playbook) => [playbook.file, playbook] as const),
)('the messages of %s', (_, playbook) => {
  it.each(STATES)('are valid Block Kit when %s', (_, change) => {
    expect(messagesOf(pictureOf(playbook, change)).length).toBeGreaterThan(0);
  });

  it('are valid and without anything to click when folded', () => {
    const picture = pictureOf(playbook, EVERY_THIRD, true);
    const message = checklistMessage(picture, 0, { retired: true, posted: true });
    expect(blockProblems(message?.blocks ?? [], 'message', '/blocks')).toEqual([]);
    expect(exceedsTextSum(message?.blocks ?? [])).toBe(false);
    expect(JSON.stringify(message)).not.toContain('action_id');
    expect(JSON.stringify(message)).toContain('<@U0123456789A>');
  });
});

describe('the modal of a phase', () => {
  it.each([...shipped.playbooks, ...guides.playbooks].map((playbook) => [playbook.file, playbook] as const))(
    'is valid for every phase of %s',
    (_, playbook) => {
      for (const [index, phase] of playbook.phases.entries()) {
        const modal = phaseModal(pictureOf(playbook, EVERY_THIRD), index);
        expect(blockProblems(modal?.blocks ?? [], 'modal', '/view/blocks')).toEqual([]);
        expect(parsePhaseId(modal?.private_metadata ?? '').phase).toBe(index);
        expect(JSON.stringify(modal)).toContain(phase.title);
        expect(JSON.stringify(modal)).not.toContain('execution.request');
        const runs = phase.steps.filter((step) => step.action !== null).length;
        const fresh = JSON.stringify(phaseModal(pictureOf(playbook), index));
        expect(fresh.split('"checklist.run"').length - 1).toBe(runs);
      }
      expect(phaseModal(pictureOf(playbook), playbook.phases.length)).toBeNull();
    },
  );

  it('says what it leaves out of a phase that is longer than a modal', () => {
    const playbook = playbookOf(`## A\n${'- [ ] a step\n  - `cmd`\n'.repeat(90)}`);
    const modal = phaseModal(pictureOf(playbook), 0);
    expect(blockProblems(modal?.blocks ?? [], 'modal', '/view/blocks')).toEqual([]);
    expect(JSON.stringify(modal?.blocks.at(-1))).toContain('longer than a modal');
  });
});

describe('the message', () => {
  const text = (playbook: Playbook, change?: Change): string =>
    JSON.stringify(messagesOf(pictureOf(playbook, change)));

  it('escapes what a file says', () => {
    const playbook = playbookOf(
      '# \\<!channel> & co\n## \\<!here> (0-5 min)\n- [ ] \\<@U1> & more\n  - \\<!everyone>\n',
    );
    const all = text(playbook);
    expect(all).toContain('&lt;!channel&gt; &amp; co');
    const mrkdwn = [...all.matchAll(/\{"type":"mrkdwn","text":"([^"]*)"/g)].map((found) => found[1]);
    expect(mrkdwn.length).toBeGreaterThan(0);
    for (const each of mrkdwn) expect(each).not.toMatch(/<!(channel|here|everyone)|<@U1>/);
  });

  it('unfolds the current phase only, says who did what, and marks in words', () => {
    const playbook = playbookOf(
      '## A (0-5 min)\n- [ ] a\n- [ ] b `owner:commander`\n## B (5-9 min)\n- [ ] c\n',
    );
    const all = text(playbook, (id) => (id === 'a' ? touched('done') : { overdueAt: STARTED }));
    expect(all).toContain('<@U0123456789A> <!date^');
    expect(all).toContain('*Overdue* · commander');
    expect(all).toContain('▸ *B* (5–9 min) · 0 of 1 done, *1 overdue*');
    expect(all).not.toContain('"value":"c"');
  });

  it('offers an action by its own button, and commands as they are to be copied', () => {
    const all = text(
      playbookOf('## A\n- [ ] [Restart](action:restart)\n- [ ] b\n  - `kubectl get pods | grep -v "<x>"`\n'),
    );
    expect(all).toContain('"action_id":"execution.request","value":"restart restart"');
    expect(all).toContain(JSON.stringify('kubectl get pods | grep -v "<x>"'));
  });

  it('folds a checklist of any length into one message, and says what it leaves out', () => {
    const playbook = playbookOf(`## A\n${`- [ ] ${'a step with & in it '.repeat(20)}\n`.repeat(100)}`);
    const folded = pictureOf(playbook, () => touched('done'), true);
    const message = checklistMessage(folded, 0, { retired: true, posted: true });
    expect(blockProblems(message?.blocks ?? [], 'message', '/blocks')).toEqual([]);
    expect(exceedsTextSum(message?.blocks ?? [])).toBe(false);
    expect(JSON.stringify(message)).toMatch(/… and \d+ more lines/);
  });

  it.each(STATES)('stays inside the limits for a playbook as long as may be, %s', (_, change) => {
    const step = `- [ ] ${'look & see '.repeat(12)} \`owner:operations\`\n  - ${'note <b '.repeat(60)}\n  - \`cmd ${'x'.repeat(200)}\`\n`;
    const playbook = playbookOf(`## A (0-5 min)\n${step.repeat(50)}## B\n${step.repeat(50)}`);
    expect(messagesOf(pictureOf(playbook, change)).length).toBeGreaterThan(1);
  });

  it('goes on in more messages, and a page that is not needed any more says so', () => {
    const playbook = playbookOf(`## A\n${'- [ ] a step with quite some words\n  - `cmd`\n'.repeat(60)}`);
    expect(messagesOf(pictureOf(playbook)).length).toBeGreaterThan(1);
    const done = pictureOf(playbook, () => touched('done'));
    expect(checklistMessage(done, 3, { retired: false, posted: false })).toBeNull();
    expect(checklistMessage(done, 3, { retired: false, posted: true })?.text).toContain('no more');
  });
});
