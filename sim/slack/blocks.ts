import { SlackApiError } from './errors.ts';
import type { Json, SlackBlock } from './types.ts';

const BLOCK_TYPES = new Set(
  (
    'actions alert card carousel container context context_actions data_table divider file header image input ' +
    'markdown rich_text section table task_card plan video'
  ).split(' '),
);
const TASK_STATES = new Set(['pending', 'in_progress', 'complete', 'error']);
const MAX_BLOCKS = { message: 50, view: 100 };
/** Measured by others, not documented: about 13.2k characters over all blocks (bolt-js#2509). */
const MAX_BLOCK_CHARACTERS = 13_200;
const MAX_MARKDOWN_CHARACTERS = 12_000;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Objects of an array; anything else is left out. */
export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function invalid(reason: string, pointer: string): SlackApiError {
  const message = `${reason} [json-pointer:${pointer}]`;
  return new SlackApiError('invalid_blocks', {
    errors: [message],
    response_metadata: { messages: [`[ERROR] ${message}`] },
  });
}

function text(value: unknown, max: number, pointer: string): string {
  const content = isJson(value) ? value.text : undefined;
  if (typeof content !== 'string') throw invalid('missing required field: text', pointer);
  if (content.length === 0) throw invalid('must be more than 0 characters', `${pointer}/text`);
  if (content.length > max) throw invalid(`must be less than ${max + 1} characters`, `${pointer}/text`);
  return content;
}

function checkElements(elements: Json[], pointer: string): void {
  if (elements.length === 0) throw invalid('no fewer than 1 items allowed', `${pointer}/elements`);
  if (elements.length > 25) throw invalid('no more than 25 items allowed', `${pointer}/elements`);
  const seen = new Set<unknown>();
  for (const [i, element] of elements.entries()) {
    const at = `${pointer}/elements/${i}`;
    if (element.action_id !== undefined && seen.has(element.action_id)) {
      throw invalid(`\`action_id\` "${element.action_id}" already exists`, at);
    }
    seen.add(element.action_id ?? i);
    checkElement(element, at);
  }
}

function checkElement(element: Json, at: string): void {
  if (typeof element.type !== 'string') throw invalid('missing required field: type', at);
  if (String(element.action_id ?? '').length > 255)
    throw invalid('must be less than 256 characters', `${at}/action_id`);
  if (element.type === 'button') {
    text(element.text, 75, `${at}/text`);
    if (String(element.value ?? '').length > 2000) throw invalid('must be less than 2001 characters', `${at}/value`);
    if (!['undefined', 'primary', 'danger'].includes(String(element.style))) throw invalid('invalid style', at);
  }
  if (/_select$|^radio_buttons$|^checkboxes$/.test(element.type) && element.options !== undefined) {
    const options = objectsIn(element.options);
    if (options.length === 0 || options.length > 100) throw invalid('1 to 100 items allowed', `${at}/options`);
    for (const [i, option] of options.entries()) text(option.text, 75, `${at}/options/${i}/text`);
  }
}

function checkBlock(block: Json, at: string): void {
  if (typeof block.type !== 'string' || !BLOCK_TYPES.has(block.type))
    throw invalid(`unsupported type: ${block.type}`, at);
  if (String(block.block_id ?? '').length > 255) throw invalid('must be less than 256 characters', `${at}/block_id`);
  if (block.type === 'header') text(block.text, 150, `${at}/text`);
  if (block.type === 'section') {
    const fields = objectsIn(block.fields);
    if (block.text === undefined && fields.length === 0) throw invalid('missing required field: text or fields', at);
    if (block.text !== undefined) text(block.text, 3000, `${at}/text`);
    if (fields.length > 10) throw invalid('no more than 10 items allowed', `${at}/fields`);
    for (const [i, field] of fields.entries()) text(field, 2000, `${at}/fields/${i}`);
    if (isJson(block.accessory)) checkElement(block.accessory, `${at}/accessory`);
  }
  if (block.type === 'actions') checkElements(objectsIn(block.elements), at);
  if (block.type === 'context' && objectsIn(block.elements).length > 10)
    throw invalid('no more than 10 items allowed', at);
  if (block.type === 'markdown') text(block, MAX_MARKDOWN_CHARACTERS, at);
  if (block.type === 'input') {
    text(block.label, 2000, `${at}/label`);
    if (!isJson(block.element)) throw invalid('missing required field: element', at);
    checkElement(block.element, `${at}/element`);
  }
  if (block.type === 'plan') {
    if (typeof block.title !== 'string') throw invalid('missing required field: title', at);
    for (const [i, task] of objectsIn(block.tasks).entries()) checkTask(task, `${at}/tasks/${i}`);
  }
  if (block.type === 'task_card') checkTask(block, at);
}

function checkTask(task: Json, at: string): void {
  if (typeof task.task_id !== 'string') throw invalid('missing required field: task_id', at);
  if (typeof task.title !== 'string') throw invalid('missing required field: title', at);
  if (task.status !== undefined && !TASK_STATES.has(String(task.status)))
    throw invalid('invalid status', `${at}/status`);
  for (const field of ['details', 'output']) {
    if (task[field] !== undefined && !isJson(task[field])) throw invalid('must be rich_text', `${at}/${field}`);
  }
}

/** Characters that people would read in these blocks. */
function blockCharacters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + blockCharacters(item), 0);
  if (!isJson(value)) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => {
    if (typeof inner === 'string') return ['text', 'title'].includes(key) ? sum + inner.length : sum;
    return sum + blockCharacters(inner);
  }, 0);
}

/**
 * Blocks as Slack would store them, with a `block_id` each.
 * @throws SlackApiError `invalid_blocks` (with a json pointer) or `msg_blocks_too_long`
 */
export function acceptBlocks(value: unknown, newId: () => string, where: 'message' | 'view' = 'message'): SlackBlock[] {
  if (!Array.isArray(value) || !value.every(isJson)) throw new SlackApiError('invalid_blocks_format');
  if (value.length > MAX_BLOCKS[where]) throw invalid(`no more than ${MAX_BLOCKS[where]} items allowed`, '/blocks');
  const ids = new Set<string>();
  const blocks = value.map((block, i): SlackBlock => {
    checkBlock(block, `/blocks/${i}`);
    const id = typeof block.block_id === 'string' ? block.block_id : newId();
    if (ids.has(id)) throw invalid(`\`block_id\` "${id}" already exists`, `/blocks/${i}/block_id`);
    ids.add(id);
    return { ...withActionIds(block, newId), type: String(block.type), block_id: id };
  });
  const markdown = blocks.filter((block) => block.type === 'markdown').reduce((n, b) => n + String(b.text).length, 0);
  if (where === 'message' && (blockCharacters(blocks) > MAX_BLOCK_CHARACTERS || markdown > MAX_MARKDOWN_CHARACTERS)) {
    throw new SlackApiError('msg_blocks_too_long');
  }
  return blocks;
}

function withActionIds(block: Json, newId: () => string): Json {
  const named = (element: Json): Json => ({ ...element, action_id: element.action_id ?? newId() });
  if (block.type === 'actions') return { ...block, elements: objectsIn(block.elements).map(named) };
  if (isJson(block.accessory) && block.accessory.type !== 'image')
    return { ...block, accessory: named(block.accessory) };
  if (block.type === 'input' && isJson(block.element)) return { ...block, element: named(block.element) };
  return block;
}
