import type { World } from '../../world.ts';
import { SlackApiError } from '../api-error.ts';
import { objects, structure, text, type Args } from '../args.ts';
import { visibleChannel } from '../channels.ts';
import { writes, type Methods } from '../define-method.ts';
import { filePayload } from '../files.ts';
import { BOT_USER_ID } from '../personas.ts';
import { putBotMessage } from '../put-message.ts';
import type { StoredFile } from '../types.ts';

export const methods: Methods = {
  'files.getUploadURLExternal': writes(({ world, args }) => {
    const name = text(args, 'filename');
    const size = Number(text(args, 'length'));
    if (!Number.isInteger(size) || size < 1) throw new SlackApiError('invalid_arguments');
    const id = world.newId('F0');
    world.slack.uploads.set(id, { id, name, size });
    return { upload_url: `${world.url}/slack/upload/${id}`, file_id: id };
  }),
  'files.completeUploadExternal': writes(({ world, args }) => {
    const wanted = objects(structure(args, 'files', 'invalid_arguments'));
    if (!wanted || wanted.length === 0) throw new SlackApiError('invalid_arguments');
    const channels = channelsOf(world, args);
    const files = wanted.map((file) => finish(world, { id: String(file.id), title: file.title, channels }));
    for (const channel of channels) {
      const thread = text(args, 'thread_ts');
      putBotMessage(world, {
        channel,
        content: { text: text(args, 'initial_comment') },
        files: files.map((file) => filePayload(world, file)),
        ...(thread === '' ? {} : { thread_ts: thread }),
      });
    }
    return { files: files.map((file) => filePayload(world, file)) };
  }),
};

function channelsOf(world: World, args: Args): string[] {
  const ids = [text(args, 'channel_id'), ...text(args, 'channels').split(',')].filter((id) => id !== '');
  for (const id of ids) {
    const channel = visibleChannel(world, id);
    if (!channel.members.includes(BOT_USER_ID)) throw new SlackApiError('not_in_channel');
  }
  return ids;
}

function finish(world: World, wanted: { id: string; title: unknown; channels: string[] }): StoredFile {
  const upload = world.slack.uploads.get(wanted.id);
  if (!upload || upload.content === undefined) throw new SlackApiError('file_not_found');
  const file: StoredFile = {
    id: upload.id,
    name: upload.name,
    title: typeof wanted.title === 'string' ? wanted.title : upload.name,
    mimetype: upload.mimetype ?? 'text/plain',
    size: upload.size,
    user: BOT_USER_ID,
    created: Math.floor(world.now() / 1000),
    content: upload.content,
    channels: wanted.channels,
  };
  world.slack.files.set(file.id, file);
  world.slack.uploads.delete(file.id);
  world.events.publish({ type: 'file', file: file.id });
  return file;
}
