import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import type { Button } from '../../core/domain/chat.ts';
import { formButtonId } from './form.ts';

type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

/** Discord's limits: https://docs.discord.com/developers/components/reference */
const IN_ROW = 5;
const MAX_ROWS = 5;
const MAX_CHOICES = 25;
const MAX_LABEL = 75;
/** How a menu is told from a button: its choices are tokens, it has none itself. */
const MENU = 'menu|';

export const isMenu = (customId: string): boolean => customId.startsWith(MENU);

/**
 * Rows of buttons; more than five in one become a menu. `marker` is put on the first row as its number, which Discord keeps
 * with the message and shows to nobody: by it a message is known again.
 */
export function componentsOf(rows: readonly (readonly Button[])[], marker: number | undefined): Row[] {
  const usable = rows.map((row) => row.filter(isUsable)).filter((row) => row.length > 0);
  const fitting = usable.length > MAX_ROWS ? [usable.flat()] : usable;
  return fitting.map((row, i) => ({
    type: ComponentType.ActionRow,
    ...(i === 0 && marker !== undefined ? { id: marker } : {}),
    components: row.length > IN_ROW ? [menu(row, i)] : row.map(button),
  }));
}

const isUsable = ({ token, url }: Button): boolean =>
  url === undefined ? token !== undefined : /^https?:\/\//i.test(url) && url.length <= 512;

function button({ label, token = '', url, style, form }: Button): APIButtonComponent {
  const base = { type: ComponentType.Button as const, label: label.slice(0, MAX_LABEL) };
  if (url !== undefined) return { ...base, style: ButtonStyle.Link, url };
  const custom_id = form ? formButtonId(token, form) : token;
  if (style === 'primary') return { ...base, style: ButtonStyle.Primary, custom_id };
  return { ...base, style: style === 'danger' ? ButtonStyle.Danger : ButtonStyle.Secondary, custom_id };
}

/** Links cannot be chosen, so a menu leaves them out. */
function menu(row: readonly Button[], index: number): APIComponentInMessageActionRow {
  const options = row.slice(0, MAX_CHOICES).flatMap(({ label, token, form }) => {
    if (token === undefined) return [];
    return [{ label: label.slice(0, MAX_LABEL), value: form ? formButtonId(token, form) : token }];
  });
  return { type: ComponentType.StringSelect, custom_id: `${MENU}${index}`, placeholder: 'Choose…', options };
}
