import type { Element, Root } from 'hast';
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

/** GitHub-flavoured markdown as safe HTML: links lead to the web or mail only, and whatever else it carries is shown, not run. */
export const markdown = (text: string): HtmlEscapedString => raw(String(processor.processSync(text)));
