import type { KnownBlock } from '@slack/types';
import { expect } from 'vitest';
import { verifyLog } from '../../src/log/verify-log.ts';
import type { ChannelSeen, ModalSeen, SlackMessageSeen } from './sandbox-client.ts';
import type { World } from './world.ts';

/**
 * A small language for stories: what a person does and sees in Slack, by the words on the screen. Whatever a person
 * looks for is waited for; nothing sleeps.
 */
export interface Actor {
  readonly id: string;
  /** Types a slash command where they are. @returns the words of the answer, empty when only a form opened */
  types(command: string): Promise<string>;
  writes(text: string): Promise<void>;
  /** Waits until the newest message with all these words is there, and what only this person sees counts too. */
  sees(...words: string[]): Promise<SlackMessageSeen>;
  /** Presses a button by its label, in the newest message that has it (and these words). */
  clicks(label: string, options?: ClickOptions): Promise<void>;
  /** Picks an option by its label from a menu, in the newest message that offers it (and these words). */
  picks(option: string, options?: ClickOptions): Promise<void>;
  /** Ticks or unticks a box of a checklist by its words. */
  ticks(box: string): Promise<void>;
  /** Waits until their form says all these words. */
  readsForm(...words: string[]): Promise<ModalSeen>;
  clicksInForm(label: string): Promise<void>;
  /** Closes the form without sending it. */
  closes(): Promise<void>;
  /** Fills inputs of the form by their labels, menus by the option's words, and sends it. @returns the errors shown */
  sends(answers?: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
}

export interface ClickOptions {
  /** Words of the message that is meant. */
  readonly of?: string;
  /** Says yes when Slack asks once more. */
  readonly confirmed?: true;
}

export interface Story {
  readonly ana: Actor;
  readonly ben: Actor;
  readonly cleo: Actor;
  readonly mira: Actor;
  readonly max: Actor;
  actor(id: string): Actor;
  /** Everybody goes to a channel: what they do from now on, they do there. */
  goTo(channelId: string): void;
  /** Waits for the channel of an incident, complete with its people, and goes there. */
  goToIncident(number: number): Promise<ChannelSeen>;
}

const IDS = { ana: 'U0ANA', ben: 'U0BEN', cleo: 'U0CLEO', mira: 'U0MIRA', max: 'U0MAX' } as const;

export function tellStory(world: World): Story {
  const place = { channel: 'C0INCIDENTS' };
  const actor = (id: string): Actor => createActor(world, id, place);
  const goTo = (channelId: string): void => {
    place.channel = channelId;
  };
  return {
    ana: actor(IDS.ana),
    ben: actor(IDS.ben),
    cleo: actor(IDS.cleo),
    mira: actor(IDS.mira),
    max: actor(IDS.max),
    actor,
    goTo,
    goToIncident: async (number) => {
      const channel = await world.sandbox.until(`the channel of INC-${number}`, async () =>
        (await world.sandbox.channels()).find(
          ({ name, members }) => name.startsWith(`inc-${number}-`) && members.includes(IDS.ana),
        ),
      );
      goTo(channel.id);
      return channel;
    },
  };
}

function createActor(world: World, id: string, place: { channel: string }): Actor {
  const { sandbox } = world;
  const find = async <T>(
    what: string,
    look: (message: SlackMessageSeen) => T | undefined,
  ): Promise<{ message: SlackMessageSeen; found: T }> => {
    let seen: readonly SlackMessageSeen[] = [];
    const looking = sandbox.until(`${id} sees ${what}`, async () => {
      seen = await sandbox.messages(place.channel, id);
      for (const message of seen.toReversed()) {
        const found = look(message);
        if (found !== undefined) return { message, found };
      }
      return undefined;
    });
    return looking.catch(async (error: unknown) => {
      throw await withEvidence(error, seen.map(wordsOf).join('\n---\n'));
    });
  };
  const withEvidence = async (cause: unknown, seen: string): Promise<Error> => {
    const told = await Promise.all(
      Object.values(IDS).map((person) => toldAlone(world, place.channel, person)),
    );
    const log = world.replicas.map((replica) => replica.output().slice(-4_000));
    return new Error([String(cause), seen, ...told, ...log].join('\n'));
  };
  const act = async (
    what: string,
    look: (element: Element) => Record<string, unknown> | undefined,
    options: ClickOptions = {},
  ): Promise<void> => {
    const { message, found } = await find(what, (one) =>
      options.of !== undefined && !wordsOf(one).includes(options.of)
        ? undefined
        : firstOf(elementsOf(one.blocks ?? []), look),
    );
    const { action_id: actionId, ...more } = found;
    const confirm = options.confirmed === true ? { confirm: true } : {};
    const clicked = await sandbox.click({
      as: id,
      channel: place.channel,
      ts: message.ts,
      actionId: String(actionId),
      more: { ...more, ...confirm },
    });
    if (clicked.error !== undefined) throw new Error(`${id} clicked ${what}: ${clicked.error}`);
  };
  const form = (...words: string[]): Promise<ModalSeen> =>
    sandbox
      .until(`${id} reads a form with ${words.join(', ')}`, async () => {
        const modal = await sandbox.modal(id);
        const read = modal === undefined ? '' : `${modal.title.text}\n${textsIn(modal.blocks).join('\n')}`;
        return modal !== undefined && words.every((word) => read.includes(word)) ? modal : undefined;
      })
      .catch(async (error: unknown) => {
        throw await withEvidence(error, '');
      });
  return {
    id,
    types: async (command) => {
      const { status, text } = await sandbox.command(id, place.channel, command);
      if (status !== 200) throw new Error(`${command}: ${status} ${text}`);
      const body: unknown = JSON.parse(text);
      return typeof body === 'string' ? body : textsIn(body).join('\n');
    },
    writes: async (text) =>
      void (await sandbox.post('/control/message', { as: id, channel: place.channel, text })),
    sees: async (...words) => {
      const has = (message: SlackMessageSeen): true | undefined => {
        const read = wordsOf(message);
        return words.every((word) => read.includes(word)) || undefined;
      };
      return (await find(words.join(' … '), has)).message;
    },
    clicks: (label, options) =>
      act(
        `the button ${label}`,
        ({ block, element }) =>
          element['type'] === 'button' && textsIn(element['text']).includes(label)
            ? { action_id: element['action_id'], block_id: block['block_id'], value: element['value'] }
            : undefined,
        options,
      ),
    picks: (option, options) =>
      act(
        `the option ${option}`,
        ({ block, element }) => {
          const value = element['type'] === 'checkboxes' ? undefined : optionValue(element, option);
          const chosen = element['type'] === 'overflow' ? { value } : { selected_option: value };
          return value === undefined
            ? undefined
            : { action_id: element['action_id'], block_id: block['block_id'], ...chosen };
        },
        options,
      ),
    ticks: (box) =>
      act(`the box ${box}`, ({ block, element }) => {
        const value = element['type'] === 'checkboxes' ? optionValue(element, box) : undefined;
        return value === undefined
          ? undefined
          : { action_id: element['action_id'], block_id: block['block_id'], value };
      }),
    readsForm: form,
    clicksInForm: async (label) => {
      const modal = await form(label);
      const button = firstOf(elementsOf(modal.blocks), ({ element }) =>
        textsIn(element['text']).includes(label) ? element['action_id'] : undefined,
      );
      await sandbox.post('/control/click', { as: id, view_id: modal.id, action_id: button });
    },
    closes: async () => {
      const modal = await form();
      await sandbox.post('/control/close', { as: id, view_id: modal.id });
    },
    sends: async (answers = {}) => {
      const modal = await form(...Object.keys(answers));
      const values = Object.fromEntries(
        Object.entries(answers).map(([label, answer]) => fill(modal, label, answer)),
      );
      const sent = await sandbox.submit(id, modal.id, values);
      if (sent.error !== undefined) throw new Error(`${id} sent ${modal.title.text}: ${sent.error}`);
      return sent.errors ?? {};
    },
  };
}

/** What a person was told that nobody else sees, for the message of a story that fails. */
async function toldAlone(world: World, channel: string, person: string): Promise<string> {
  const messages = await world.sandbox.messages(channel, person).catch(() => []);
  const alone = messages.filter(({ ephemeral }) => ephemeral !== undefined).map(wordsOf);
  return `${person} was told alone: ${alone.join(' | ')}`;
}

type Json = Readonly<Record<string, unknown>>;
interface Element {
  readonly block: Json;
  readonly element: Json;
}

/** Everything that can be pressed or filled, with the block that holds it. */
function elementsOf(blocks: readonly KnownBlock[]): readonly Element[] {
  return blocks.flatMap((one) => {
    const block: Json = { ...one };
    const inside = [...list(block['elements']), block['accessory'], block['element']];
    return inside.filter(isJson).map((element) => ({ block, element }));
  });
}

function optionValue(element: Json, words: string): unknown {
  const option = list(element['options'])
    .filter(isJson)
    .find((one) => textsIn(one['text']).some((text) => text.includes(words)));
  return option?.['value'];
}

function fill(modal: ModalSeen, label: string, answer: string): [string, Record<string, unknown>] {
  const found = elementsOf(modal.blocks).find(({ block }) => textsIn(block['label']).includes(label));
  if (found === undefined) throw new Error(`the form asks for no ${label}`);
  const { block, element } = found;
  const value = element['options'] === undefined ? answer : optionValue(element, answer);
  return [String(block['block_id']), { [String(element['action_id'])]: value }];
}

/** What a person can read of a message: bold is bold, and no asterisks. */
export function wordsOf(message: SlackMessageSeen): string {
  return [message.text, ...textsIn(message.blocks)].join('\n').replaceAll('*', '');
}

function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!isJson(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  );
}

function firstOf<T, R>(items: readonly T[], look: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The chain of the whole log holds. */
export async function expectLogIntact(world: World): Promise<void> {
  const { problems } = await verifyLog({
    query: async (text, values) => {
      const { rows } = await world.owner.query(text, [...(values ?? [])]);
      return { rows, rowCount: rows.length };
    },
  });
  expect(problems).toEqual([]);
}

/** Every message of ours stands once: one for each surface, none besides. */
export async function expectMessagesOnce(world: World, channels: readonly string[]): Promise<void> {
  const { rows } = await world.owner.query<{ id: string }>(
    'select id from app.surfaces where channel_id = any($1) order by id',
    [channels],
  );
  const posted: string[] = [];
  for (const channel of channels) {
    for (const { metadata } of await world.sandbox.messages(channel)) {
      const id = metadata?.event_payload['id'];
      if (typeof id === 'string') posted.push(id);
    }
  }
  expect(posted.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
}

/** Waits until every message shows what it should, so that nothing more is on its way. */
export async function settled(world: World): Promise<void> {
  await world.sandbox.until('every message shows what it should', async () => {
    const { rows } = await world.owner.query<{ open: number }>(
      'select count(*)::int as open from app.surfaces where ts is null or shown < wanted',
    );
    return rows[0]?.open === 0;
  });
}
