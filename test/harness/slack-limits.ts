import type { KnownBlock, ModalView } from '@slack/types';
import { blockProblems, exceedsTextSum } from '../../sandbox/slack/blocks/validate-blocks.ts';

/** What Slack would refuse of these blocks, with pointers; empty when it takes them (B6). */
export function slackProblems(
  blocks: readonly KnownBlock[],
  surface: 'message' | 'modal' = 'message',
): readonly string[] {
  const problems = blockProblems(blocks, surface, '/blocks').map((one) => `${one.pointer}: ${one.message}`);
  if (surface === 'message' && exceedsTextSum(blocks))
    problems.push('/blocks: the texts are too long together');
  return problems;
}

/** The same for a modal, with what stands around its blocks. */
export function modalProblems(view: ModalView): readonly string[] {
  const problems = [...slackProblems(view.blocks.filter(isKnown), 'modal')];
  for (const name of ['title', 'submit', 'close'] as const) {
    if ((view[name]?.text.length ?? 0) > 24) problems.push(`/${name}: more than 24 characters`);
  }
  if ((view.private_metadata?.length ?? 0) > 3_000)
    problems.push('/private_metadata: more than 3,000 characters');
  if ((view.callback_id?.length ?? 0) > 255) problems.push('/callback_id: more than 255 characters');
  return problems;
}

/** Tokens that only our own code writes: people, groups, channels, dates, web links with a label. */
const OURS =
  /^<(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|#[CGD][A-Z0-9]+|!date\^\d+\^[^<>|]+\|[^<>]+|https?:\/\/[^\s<>|]+\|[^<>|]+)>$/;

/** Every `<…>` in the mrkdwn texts of a message that is not of ours (B5); empty is right. */
export function foreignTokens(value: unknown): readonly string[] {
  return mrkdwnTexts(value).flatMap((text) =>
    (text.match(/<[^>]*>?/g) ?? []).filter((token) => !OURS.test(token)),
  );
}

/** All texts that Slack reads as mrkdwn: text objects of that type, and the fallback of a message. */
function mrkdwnTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnTexts);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'text' in value && typeof value.text === 'string' && isMrkdwn(value) ? [value.text] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnTexts)];
}

function isMrkdwn(value: object): boolean {
  return !('type' in value) || value.type === 'mrkdwn';
}

function isKnown(block: ModalView['blocks'][number]): block is KnownBlock {
  return 'type' in block;
}
