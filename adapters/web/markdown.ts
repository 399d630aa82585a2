import type { Element, Root } from 'hast';
import { html } from 'hono/html';
import { type HtmlEscapedString, raw } from 'hono/utils/html';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';

/** What the words of models and strangers may become. No image: it would tell its server who reads. */
const schema: Schema = {
  tagNames: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'a'],
    ...['ul', 'ol', 'li', 'input', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  attributes: {
    a: ['href', ['rel', 'noopener noreferrer nofollow'], ['target', '_blank']],
    ol: ['start'],
    input: [['type', 'checkbox'], 'checked', ['disabled', true], 'ariaLabel'],
    p: [['className', 'heading']],
    th: ['align'],
    td: ['align'],
    pre: [['tabIndex', 0]],
  },
  protocols: { href: ['http', 'https', 'mailto'] },
  required: { input: { type: 'checkbox', disabled: true } },
  strip: ['script', 'style'],
};

/** Fits model text into a page that has headings, links and tab stops of its own. */
function fit() {
  return (tree: Root) => visit(tree, 'element', fitElement);
}

function fitElement(element: Element): void {
  if (/^h[1-6]$/.test(element.tagName)) {
    element.tagName = 'p';
    element.properties = { className: ['heading'] };
  }
  if (element.tagName === 'a')
    Object.assign(element.properties, { rel: 'noopener noreferrer nofollow', target: '_blank' });
  if (element.tagName === 'input') element.properties.ariaLabel = element.properties.checked ? 'done' : 'to do';
  // Long lines scroll inside the block, with the keyboard too.
  if (element.tagName === 'pre') element.properties.tabIndex = 0;
}

const processor = unified()
  .use(remarkParse)
  // One tilde is an approximation more often than a deletion.
  .use(remarkGfm, { singleTilde: false })
  // Markup in the text is shown as it was written.
  .use(remarkRehype, { handlers: { html: (_state, node: { value: string }) => ({ type: 'text', value: node.value }) } })
  .use(fit)
  .use(rehypeSanitize, schema)
  .use(rehypeStringify);

/** What is longer, or nested deeper than anybody writes, takes seconds to parse, and more than the stack. */
const longest = 20_000;
/** Signs that may begin or end emphasis or a link: the time grows with their square, 0.1 s at so many. */
const mostSigns = 2_000;
const nested = /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){40}|^[ \t]{200}/m;

const asWritten = (text: string): string => String(html`<pre tabindex="0">${text}</pre>`);

function parsed(text: string): string {
  try {
    return String(processor.processSync(text));
  } catch {
    // Deeper than the stack by a way nobody thought of.
    return asWritten(text);
  }
}

/** The last texts that were drawn: a page is drawn again at every change, and most of its texts are the same. */
const drawn = new Map<string, HtmlEscapedString>();
const mostDrawn = 500;

/**
 * GitHub-flavoured markdown as safe HTML: links lead to the web or mail only, and whatever else it carries is shown, not run.
 * What is too much to parse is shown as it is written.
 */
export function markdown(text: string): HtmlEscapedString {
  const known = drawn.get(text);
  if (known !== undefined) return known;
  const signs = text.length - text.replace(/[*_~[\]]/g, '').length;
  const isTooMuch = text.length > longest || signs > mostSigns || nested.test(text);
  const fresh = raw(isTooMuch ? asWritten(text) : parsed(text));
  drawn.set(text, fresh);
  if (drawn.size > mostDrawn) drawn.delete(drawn.keys().next().value ?? '');
  return fresh;
}
