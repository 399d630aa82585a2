import type { Blockquote, List, PhrasingContent, RootContent } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { type Flow, joined, plainFlow, stacked, styled } from './flow.ts';
import { linkUrl } from './links.ts';
import { tableText } from './table.ts';

/** One tilde is an approximation more often than a deletion. */
const parser = unified().use(remarkParse).use(remarkGfm, { singleTilde: false });

/** Quotations longer than this are folded, characters or lines. */
const FOLD_CHARACTERS = 500;
const FOLD_LINES = 8;

/** GitHub-flavoured markdown as Telegram can show it: headings are bold, tables even letters, what is unknown plain text. */
export function fromMarkdown(markdown: string): Flow {
  return blocks(parser.parse(markdown).children);
}

const blocks = (nodes: readonly RootContent[], depth = 0): Flow => stacked(nodes.map((node) => block(node, depth)));

function block(node: RootContent, depth: number): Flow {
  switch (node.type) {
    case 'paragraph':
      return inline(node.children);
    case 'heading':
      return styled(inline(node.children), { type: 'bold' });
    case 'code': {
      const language = /^[\w+#.-]{1,30}$/.exec(node.lang ?? '')?.[0];
      return styled(plainFlow(node.value), language === undefined ? { type: 'pre' } : { type: 'pre', language });
    }
    case 'blockquote':
      return quotation(node);
    case 'list':
      return list(node, depth);
    case 'table':
      return styled(plainFlow(tableText(node, (cell) => inline(cell.children))), { type: 'pre' });
    case 'thematicBreak':
      return plainFlow('———');
    case 'footnoteDefinition':
      return joined([plainFlow(`[${node.identifier}] `), blocks(node.children)]);
    case 'html':
      return plainFlow(node.value);
    default:
      return plainFlow('');
  }
}

/** Telegram does not nest quotations, so the outermost holds all. */
function quotation(node: Blockquote): Flow {
  const inner = blocks(node.children);
  const flat = { ...inner, marks: inner.marks.filter(({ type }) => !/blockquote$/.test(type)) };
  const isLong = flat.text.length > FOLD_CHARACTERS || flat.text.split('\n').length > FOLD_LINES;
  return styled(flat, { type: isLong ? 'expandable_blockquote' : 'blockquote' });
}

function list({ ordered, start, children }: List, depth: number): Flow {
  const items = children.map(({ checked, children: content }, i) => {
    const sign = ordered ? `${(start ?? 1) + i}.` : '•';
    const box = checked === true ? '☑ ' : checked === false ? '☐ ' : '';
    const lines = content.map((node) => block(node, depth + 1));
    return joined([plainFlow(`${'   '.repeat(depth)}${sign} ${box}`), joined(lines, '\n')]);
  });
  return joined(
    items.map((item) => ({ ...item, breaks: [item.text.length] })),
    '\n',
  );
}

const inline = (nodes: readonly PhrasingContent[]): Flow => joined(nodes.map(phrase));

function phrase(node: PhrasingContent): Flow {
  switch (node.type) {
    case 'text':
    case 'html':
      return plainFlow(node.value);
    case 'strong':
      return styled(inline(node.children), { type: 'bold' });
    case 'emphasis':
      return styled(inline(node.children), { type: 'italic' });
    case 'delete':
      return styled(inline(node.children), { type: 'strikethrough' });
    case 'inlineCode':
      return styled(plainFlow(node.value), { type: 'code' });
    case 'break':
      return plainFlow('\n');
    case 'link':
      return link(inline(node.children), node.url);
    case 'image':
      return link(plainFlow(node.alt || 'image'), node.url);
    case 'linkReference':
      return inline(node.children);
    case 'imageReference':
      return plainFlow(node.alt || 'image');
    case 'footnoteReference':
      return plainFlow(`[${node.identifier}]`);
    default:
      return plainFlow('');
  }
}

/** What Telegram would not link is written out. */
function link(words: Flow, address: string): Flow {
  const url = linkUrl(address);
  if (url !== null) return styled(words.text === '' ? plainFlow(url) : words, { type: 'text_link', url });
  const isShown = words.text === address || `mailto:${words.text}` === address;
  return isShown || !/^(?:https?|mailto):/i.test(address) ? words : joined([words, plainFlow(` (${address})`)]);
}
