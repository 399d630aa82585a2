/**
 * An address that Telegram links and we let it: the web and its own `tg:` pages. Null for hosts without a dot
 * (`localhost`), which it refuses in buttons and drops in text, and for `tg://user`, which would mention somebody.
 */
export function linkUrl(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, hostname, href } = new URL(address);
  if (protocol === 'tg:') return /^tg:(?:\/\/)?user\b/i.test(href) ? null : href;
  return /^https?:$/.test(protocol) && hostname.includes('.') ? href : null;
}
