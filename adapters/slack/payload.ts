import { z } from 'zod';

/** The parts of Slack's payloads that we read; everything else is ignored (https://docs.slack.dev/reference/events). */
const file = z.object({
  id: z.string(),
  name: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().nullish(),
  url_private: z.string().nullish(),
  url_private_download: z.string().nullish(),
});

/** A message, in an event or in a history. */
export const message = z.object({
  type: z.literal(['message', 'app_mention']),
  subtype: z.string().optional(),
  channel: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().nullish(),
  team: z.string().nullish(),
  user_team: z.string().nullish(),
  source_team: z.string().nullish(),
  text: z.string().nullish(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  files: z.array(file).optional(),
});
export type SlackMessage = z.infer<typeof message>;

export const reaction = z.object({
  type: z.literal(['reaction_added', 'reaction_removed']),
  user: z.string(),
  reaction: z.string(),
  item: z.object({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
  event_ts: z.string(),
});

export const stopped = z.object({
  type: z.literal('agent_session_stopped'),
  channel: z.string(),
  user: z.string(),
  thread_ts: z.string(),
  streaming_message_ts: z.array(z.string()).default([]),
  event_ts: z.string(),
});

export const eventCallback = z.object({
  type: z.literal('event_callback'),
  event: z.object({ type: z.string() }).loose(),
});

const person = z.object({
  id: z.string(),
  team_id: z.string().nullish(),
  username: z.string().nullish(),
  name: z.string().nullish(),
});

export const blockActions = z.object({
  type: z.literal('block_actions'),
  user: person,
  trigger_id: z.string(),
  response_url: z.string().optional(),
  container: z.object({
    channel_id: z.string(),
    message_ts: z.string(),
    thread_ts: z.string().optional(),
  }),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
  actions: z
    .array(
      z.object({
        type: z.string(),
        action_id: z.string(),
        value: z.string().optional(),
        action_ts: z.string().optional(),
      }),
    )
    .min(1),
});
export type BlockActions = z.infer<typeof blockActions>;

export const viewSubmission = z.object({
  type: z.literal('view_submission'),
  user: person,
  trigger_id: z.string().optional(),
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() }))) }),
  }),
});

export const slashCommand = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string(),
  user_name: z.string().optional(),
  team_id: z.string().optional(),
  channel_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string(),
});
