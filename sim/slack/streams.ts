import { isJson, objectsIn } from './blocks.ts';
import { SlackApiError } from './errors.ts';
import type { Arguments } from './request.ts';
import type { Json, SlackBlock, SlackMessage } from './types.ts';
import type { Workspace } from './workspace.ts';

const MAX_CALL_CHARACTERS = 12_000;
/** Not documented; streams are refused as too long where blocks are (CopilotKit#6244). */
const MAX_STREAM_CHARACTERS = 13_200;

interface Stream {
  startedAt: number;
  text: string;
  planTitle: string | undefined;
  tasks: Map<string, Json>;
  blocks: Json[];
  isPlan: boolean;
}

/** Messages that are being streamed. They die after five minutes even while they are appended to. */
export class Streams {
  readonly #workspace: Workspace;
  readonly #lifetimeMs: number;
  readonly #open = new Map<SlackMessage, Stream>();

  constructor(workspace: Workspace, lifetimeMs: number) {
    this.#workspace = workspace;
    this.#lifetimeMs = lifetimeMs;
  }

  start(message: SlackMessage, args: Arguments): void {
    const isPlan = args.text('task_display_mode') === 'plan';
    const startedAt = this.#workspace.ids.now();
    const stream: Stream = { startedAt, text: '', planTitle: undefined, tasks: new Map(), blocks: [], isPlan };
    this.#open.set(message, stream);
    this.#apply(message, stream, args);
  }

  /** @throws SlackApiError `message_not_in_streaming_state`, `no_text`, `msg_too_long` */
  append(message: SlackMessage, args: Arguments): void {
    const stream = this.#streamOf(message);
    if (!args.has('markdown_text') && !args.has('chunks')) throw new SlackApiError('no_text');
    this.#apply(message, stream, args);
  }

  /** @throws SlackApiError `message_not_in_streaming_state`, `msg_too_long` */
  stop(message: SlackMessage, args: Arguments, blocks: SlackBlock[]): void {
    const stream = this.#streamOf(message);
    stream.blocks.push(...blocks);
    this.#apply(message, stream, args);
    this.#open.delete(message);
    message.streaming_state = 'completed';
  }

  #streamOf(message: SlackMessage): Stream {
    const stream = this.#open.get(message);
    if (!stream) throw new SlackApiError('message_not_in_streaming_state');
    if (this.#workspace.ids.now() - stream.startedAt > this.#lifetimeMs) {
      this.#open.delete(message);
      message.streaming_state = 'errored';
      throw new SlackApiError('message_not_in_streaming_state');
    }
    return stream;
  }

  #apply(message: SlackMessage, stream: Stream, args: Arguments): void {
    const chunks = objectsIn(args.list('chunks'));
    const texts = chunks.filter((chunk) => chunk.type === 'markdown_text').map((chunk) => String(chunk.text ?? ''));
    const added = (args.text('markdown_text') ?? '') + texts.join('');
    if (added.length > MAX_CALL_CHARACTERS || stream.text.length + added.length > MAX_STREAM_CHARACTERS) {
      throw new SlackApiError('msg_too_long');
    }
    stream.text += added;
    for (const chunk of chunks) this.#chunk(stream, chunk);
    message.text = stream.text;
    message.blocks = rendered(stream, () => this.#workspace.ids.id('b'));
    message.explicitBlocks = true;
  }

  #chunk(stream: Stream, chunk: Json): void {
    switch (chunk.type) {
      case 'markdown_text':
        return;
      case 'plan_update':
        stream.planTitle = String(chunk.title ?? '');
        return;
      case 'task_update': {
        const { type, id, ...task } = chunk;
        if (typeof id !== 'string') throw new SlackApiError('invalid_chunks');
        stream.tasks.set(id, { ...stream.tasks.get(id), ...task });
        return;
      }
      case 'blocks':
        stream.blocks.push(...objectsIn(chunk.blocks));
        return;
      default:
        throw new SlackApiError('invalid_chunks');
    }
  }
}

function rendered(stream: Stream, newId: () => string): SlackBlock[] {
  const tasks = [...stream.tasks].map(([id, task]): SlackBlock => ({ ...task, type: 'task_card', task_id: id }));
  const blocks: SlackBlock[] = [];
  if (stream.isPlan && (tasks.length > 0 || stream.planTitle !== undefined)) {
    blocks.push({ type: 'plan', block_id: newId(), title: stream.planTitle ?? '', tasks });
  } else blocks.push(...tasks.map((task) => ({ ...task, block_id: newId() })));
  if (stream.text !== '') blocks.push({ type: 'markdown', block_id: newId(), text: stream.text });
  for (const block of stream.blocks) {
    if (isJson(block) && typeof block.type === 'string') blocks.push({ ...block, type: block.type });
  }
  return blocks;
}
