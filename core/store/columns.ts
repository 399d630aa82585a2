import { bigint, customType, pgSchema } from './drizzle.ts';

/** All tables of ours. */
export const mainloop = pgSchema('mainloop');

/** Milliseconds since the epoch, everywhere. */
export const ms = (name: string) => bigint(name, { mode: 'number' });

/** Postgres text holds neither NUL nor half a surrogate pair; both come in through chats, models and workers. */
export const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();

/** The same for JSON, where `JSON.stringify` has written both as escapes, in keys too. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g, (found) => {
    if (found === '\\\\') return found;
    return found === '\\u0000' ? '' : '\ufffd';
  });

/** Text that takes whatever people and programs write. */
export const text = customType<{ data: string; driverData: string }>({ dataType: () => 'text', toDriver: storable });

export const jsonb = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'jsonb',
  toDriver: storableJson,
});

/** As {@link jsonb}, for what is kept and rarely searched. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'json',
  toDriver: storableJson,
});

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });
