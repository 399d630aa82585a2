import { isJson, objectsIn } from '../json.ts';
import type { Json } from '../types.ts';
import type { FormErrors, Path } from './form-errors.ts';

const MAX_EMBEDS = 10;
const MAX_TOTAL = 6000;

/** Checks embeds and their lengths (https://docs.discord.com/developers/resources/message#embed-object-embed-limits). */
export function checkEmbeds(value: unknown, errors: FormErrors): void {
  const embeds = objectsIn(errors.list(['embeds'], value, MAX_EMBEDS));
  for (const [i, embed] of embeds.entries()) checkEmbed(embed, ['embeds', i], errors);
  const total = embeds.flatMap(textsOf).reduce((sum, text) => sum + text.length, 0);
  if (total > MAX_TOTAL) {
    errors.add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MAX_TOTAL}`);
  }
}

function checkEmbed(embed: Json, path: Path, errors: FormErrors): void {
  errors.text([...path, 'title'], embed.title, 256);
  errors.text([...path, 'description'], embed.description, 4096);
  if (isJson(embed.footer)) errors.text([...path, 'footer', 'text'], embed.footer.text, 2048);
  if (isJson(embed.author)) errors.text([...path, 'author', 'name'], embed.author.name, 256);
  errors.list([...path, 'fields'], embed.fields, 25);
  objectsIn(embed.fields).forEach((field, i) => {
    errors.text([...path, 'fields', i, 'name'], field.name, 256, 1);
    errors.text([...path, 'fields', i, 'value'], field.value, 1024, 1);
  });
}

function textsOf(embed: Json): string[] {
  const fields = objectsIn(embed.fields).flatMap(({ name, value }) => [name, value]);
  const footer = isJson(embed.footer) ? embed.footer.text : '';
  const author = isJson(embed.author) ? embed.author.name : '';
  return [embed.title, embed.description, footer, author, ...fields].map((text) => String(text ?? ''));
}
