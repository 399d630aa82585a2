/** What comes from Discord, as far as it is read (https://docs.discord.com/developers/resources). */
import { z } from 'zod';

const id = z.string().regex(/^\d+$/);
const maybeId = id.nullish();

const user = z.object({
  id,
  username: z.string().optional(),
  global_name: z.string().nullish(),
  bot: z.boolean().optional(),
});

export const attachment = z.object({
  id,
  filename: z.string(),
  size: z.number(),
  url: z.string(),
  content_type: z.string().nullish(),
});

const component: z.ZodType<{
  id?: number | undefined;
  custom_id?: string | undefined;
  label?: string | undefined;
  components?: unknown;
}> = z.object({
  id: z.number().optional(),
  custom_id: z.string().optional(),
  label: z.string().optional(),
  components: z.unknown().optional(),
});

export const channel = z.object({
  id,
  type: z.number(),
  guild_id: maybeId,
  parent_id: maybeId,
  name: z.string().nullish(),
  last_message_id: maybeId,
});
export type ChannelData = z.infer<typeof channel>;

const reference = z.object({ message_id: maybeId, channel_id: maybeId }).nullish();

export const message = z.object({
  id,
  channel_id: id,
  guild_id: maybeId,
  channel_type: z.number().optional(),
  type: z.number(),
  content: z.string(),
  author: user,
  webhook_id: maybeId,
  mentions: z.array(user).default([]),
  mention_roles: z.array(z.string()).default([]),
  attachments: z.array(attachment).default([]),
  nonce: z.union([z.string(), z.number()]).nullish(),
  components: z.array(component).default([]),
  message_reference: reference,
  /** What it replies to. */
  referenced_message: z.object({ id, author: user, message_reference: reference }).nullish(),
  reactions: z.array(z.object({ emoji: z.object({ id: maybeId, name: z.string().nullish() }) })).default([]),
});
export type MessageData = z.infer<typeof message>;
export const messages = z.array(message);

export const reaction = z.object({
  user_id: id,
  channel_id: id,
  message_id: id,
  guild_id: maybeId,
  emoji: z.object({ id: maybeId, name: z.string().nullish() }),
  member: z.object({ user }).nullish(),
});

export const users = z.array(user);

/** An option of a slash command, with those below it. */
export interface Option {
  name: string;
  type: number;
  value?: string | number | boolean | undefined;
  focused?: boolean | undefined;
  options?: Option[] | undefined;
}
const option: z.ZodType<Option> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.number(),
    value: z.union([z.string(), z.number(), z.boolean()]).optional(),
    focused: z.boolean().optional(),
    options: z.array(option).optional(),
  }),
);

/** A text field of a form, in the label around it or in a row. */
const field = z.object({ custom_id: z.string(), value: z.string().optional() });
const fieldBox = z.object({ component: field.optional(), components: z.array(field).optional() });

export const interaction = z.object({
  id,
  application_id: id,
  type: z.number(),
  token: z.string(),
  guild_id: maybeId,
  channel_id: maybeId,
  channel: channel.partial({ type: true }).nullish(),
  member: z.object({ user }).nullish(),
  user: user.nullish(),
  message: message.partial().nullish(),
  data: z
    .object({
      custom_id: z.string().optional(),
      values: z.array(z.string()).optional(),
      options: z.array(option).optional(),
      components: z.array(fieldBox).optional(),
    })
    .default({}),
});
export type InteractionData = z.infer<typeof interaction>;

export const ready = z.object({ user, session_id: z.string(), application: z.object({ id }) });
export const guild = z.object({
  id,
  channels: z.array(channel).default([]),
  threads: z.array(channel).default([]),
  roles: z.array(z.object({ id, tags: z.object({ bot_id: maybeId }).nullish() })).default([]),
});
/** A new post in a forum, with its first message. */
export const post = channel.extend({ message });
export const threadList = z.object({ threads: z.array(channel).default([]) });
