import { SlackApiError } from '../api-error.ts';
import { isObject, objects, structure, text, type Args } from '../args.ts';
import type { Json } from '../types.ts';
import { blockProblems, exceedsTextSum, type Problem } from './validate-blocks.ts';

export type Content = { text: string; blocks?: Json[]; attachments?: Json[]; metadata?: Json };

const TEXT_MAX = 40_000;
const METADATA_MAX = 8_000;

/**
 * Text, blocks, attachments and metadata of a message, checked as Slack does. What was not given is left out.
 *
 * @throws SlackApiError no_text, msg_too_long, invalid_blocks, msg_blocks_too_long, metadata_too_large, …
 */
export function readContent(args: Args, random: () => string): Content {
  const given = structure(args, 'blocks', 'invalid_blocks_format');
  const attachments = readAttachments(args);
  const body = text(args, 'text') || text(args, 'markdown_text');
  const metadata = readMetadata(args);
  const blocks = given === undefined || given === null ? undefined : checkedBlocks(given, random);
  if (body === '' && !blocks?.length && !attachments?.length) throw new SlackApiError('no_text');
  if (body.length > TEXT_MAX) throw new SlackApiError('msg_too_long');
  return {
    text: body,
    ...(blocks ? { blocks } : {}),
    ...(attachments ? { attachments } : {}),
    ...(metadata ? { metadata } : {}),
  };
}

/** The error that Slack answers for these problems: codes, sentences, and where. */
export function problemsError(code: string, problems: Problem[]): SlackApiError {
  return new SlackApiError(code, {
    errors: problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`),
    response_metadata: {
      messages: problems.map(({ message, pointer }) => `[ERROR] ${message} [json-pointer:${pointer}]`),
    },
  });
}

/** Blocks as Slack stores them: every block and element has an id. */
export function withIds(blocks: Json[], random: () => string): Json[] {
  const element = (value: unknown): unknown =>
    isObject(value) && isInteractive(value) && value.action_id === undefined
      ? { ...value, action_id: random() }
      : value;
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? random(),
    ...(block.accessory === undefined ? {} : { accessory: element(block.accessory) }),
    ...(block.element === undefined ? {} : { element: element(block.element) }),
    ...(Array.isArray(block.elements) ? { elements: block.elements.map(element) } : {}),
  }));
}

function checkedBlocks(given: unknown, random: () => string): Json[] {
  if (!Array.isArray(given)) throw new SlackApiError('invalid_blocks_format');
  const problems = blockProblems(given, 'message', '/blocks');
  if (problems.length > 0) throw problemsError('invalid_blocks', problems);
  if (exceedsTextSum(given)) throw new SlackApiError('msg_blocks_too_long');
  return withIds(given.filter(isObject), random);
}

function readAttachments(args: Args): Json[] | undefined {
  const attachments = structure(args, 'attachments', 'invalid_attachments');
  if (attachments === undefined || attachments === null) return undefined;
  const list = objects(attachments);
  if (!list) throw new SlackApiError('invalid_attachments');
  if (list.length > 100) throw new SlackApiError('too_many_attachments');
  const problems = list.flatMap(({ blocks }, index) =>
    Array.isArray(blocks) ? blockProblems(blocks, 'message', `/attachments/${index}/blocks`) : [],
  );
  if (problems.length > 0) throw problemsError('invalid_attachments', problems);
  return list;
}

/** An empty object is how an update takes metadata away. */
function readMetadata(args: Args): Json | undefined {
  const metadata = structure(args, 'metadata', 'invalid_metadata_format');
  if (metadata === undefined || metadata === null) return undefined;
  if (isObject(metadata) && Object.keys(metadata).length === 0) return metadata;
  if (!isObject(metadata) || typeof metadata.event_type !== 'string' || !isObject(metadata.event_payload)) {
    throw new SlackApiError('invalid_metadata_format');
  }
  if (JSON.stringify(metadata).length > METADATA_MAX) throw new SlackApiError('metadata_too_large');
  return metadata;
}

function isInteractive(element: Json): boolean {
  return (
    !['image', 'mrkdwn', 'plain_text'].includes(String(element.type)) &&
    !String(element.type).startsWith('rich_text')
  );
}
