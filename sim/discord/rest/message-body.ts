import { refuse } from '../errors.ts';
import { isJson, objectsIn } from '../json.ts';
import type { DiscordAttachment, DiscordChannel, DiscordMessage } from '../types.ts';
import { checkComponents, IS_COMPONENTS_V2, numbered } from '../validate/components.ts';
import { checkEmbeds } from '../validate/embeds.ts';
import { FormErrors, type Path } from '../validate/form-errors.ts';
import type { World } from '../world.ts';
import type { ParsedBody, UploadedFile } from './request.ts';

const MAX_CONTENT = 2000;
/** Without boosts: 10 MiB a file, ten files. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;
const SUPPRESS_EMBEDS = 1 << 2;
export const EPHEMERAL = 1 << 6;
const SUPPRESS_NOTIFICATIONS = 1 << 12;
const SETTABLE = SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2;

/** The fields of a message that a body sets; the others are absent. */
export interface MessageFields
  extends Partial<Pick<DiscordMessage, 'content' | 'embeds' | 'components' | 'flags' | 'attachments'>> {
  allowedMentions?: unknown;
}

export interface MessageBodyOptions {
  /** The message that is edited. */
  old?: DiscordMessage;
  /** Path of the message in the body. */
  prefix?: Path;
}

/**
 * Checks and reads a body that makes or changes a message.
 * @throws DiscordApiError 50035, 50006 when nothing is left to show, 40005 for a file above 10 MiB
 */
export function readMessage(
  world: World,
  channel: DiscordChannel,
  { body, files }: Pick<ParsedBody, 'body' | 'files'>,
  o: MessageBodyOptions = {},
): MessageFields {
  const errors = new FormErrors(o.prefix);
  const flags = (typeof body.flags === 'number' ? body.flags : 0) & SETTABLE;
  const isV2 = ((flags | (o.old?.flags ?? 0)) & IS_COMPONENTS_V2) !== 0;
  const content = errors.text(['content'], body.content, MAX_CONTENT);
  checkEmbeds(body.embeds, errors);
  checkComponents(body.components, isV2, errors);
  checkAllowedMentions(body.allowed_mentions, errors);
  if (isV2) {
    for (const field of ['content', 'embeds']) {
      if (!body[field] || (Array.isArray(body[field]) && body[field].length === 0)) continue;
      const words = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
      errors.add([field], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', words);
    }
  }
  if (files.length > MAX_FILES) errors.add(['attachments'], 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.');
  errors.check();
  if (files.some(({ content: bytes }) => bytes.length > MAX_FILE_BYTES)) throw refuse(40005);

  const fields: MessageFields = {
    ...(body.content === undefined ? {} : { content: content ?? '' }),
    ...(body.embeds === undefined
      ? {}
      : { embeds: objectsIn(body.embeds).map((embed) => ({ type: 'rich', ...embed })) }),
    ...(body.components === undefined ? {} : { components: numbered(objectsIn(body.components)) }),
    ...(body.flags === undefined ? {} : { flags: o.old ? o.old.flags | flags : flags }),
    ...(body.allowed_mentions === undefined ? {} : { allowedMentions: body.allowed_mentions }),
    ...attachmentsOf(world, channel, objectsIn(body.attachments), files, o.old, body.attachments !== undefined),
  };
  if (isEmpty({ content: '', embeds: [], components: [], attachments: [], ...o.old, ...fields })) throw refuse(50006);
  return fields;
}

function isEmpty(message: Pick<DiscordMessage, 'content' | 'embeds' | 'components' | 'attachments'>): boolean {
  const lists = [message.embeds, message.components, message.attachments];
  return message.content.trim() === '' && lists.every(({ length }) => length === 0);
}

function checkAllowedMentions(allowed: unknown, errors: FormErrors): void {
  if (!isJson(allowed)) return;
  for (const kind of ['users', 'roles']) {
    const parsesAll = Array.isArray(allowed.parse) && allowed.parse.includes(kind);
    if (!parsesAll || !Array.isArray(allowed[kind]) || allowed[kind].length === 0) continue;
    const words = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
    errors.add(['allowed_mentions'], 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', words);
  }
}

/** What the body keeps of the old attachments, and the new files. */
function attachmentsOf(
  world: World,
  channel: DiscordChannel,
  described: Record<string, unknown>[],
  files: UploadedFile[],
  old: DiscordMessage | undefined,
  isExplicit: boolean,
): { attachments?: DiscordAttachment[] } {
  if (!isExplicit && files.length === 0) return {};
  const kept = (old?.attachments ?? []).filter(
    ({ id }) => !isExplicit || described.some((one) => String(one.id) === id),
  );
  const added = files.map((file) => {
    const words = described.find(({ id }) => String(id) === String(file.index));
    const description = typeof words?.description === 'string' ? { description: words.description } : {};
    const filename = typeof words?.filename === 'string' ? words.filename : file.filename;
    return storeAttachment(world, channel, { ...file, filename, ...description });
  });
  return { attachments: [...kept, ...added] };
}

/** Puts a file where links lead to. */
export function storeAttachment(
  world: World,
  channel: DiscordChannel,
  file: Pick<DiscordAttachment, 'filename' | 'contentType' | 'content' | 'description'>,
): DiscordAttachment {
  const { filename, contentType, content, description } = file;
  const words = description === undefined ? {} : { description };
  const attachment = { id: world.ids.next(), channelId: channel.id, filename, contentType, content, ...words };
  world.attachments.set(attachment.id, attachment);
  return attachment;
}
