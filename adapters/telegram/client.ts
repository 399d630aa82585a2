import { Api, GrammyError } from 'grammy';
import { type Effect, toFailure } from './errors.ts';

export interface Access {
  readonly token: string;
  /** Bot API root without a slash at the end. */
  readonly apiUrl: string;
  /** Milliseconds until a call counts as lost. */
  readonly timeoutMs: number;
}

/** Calls to Telegram, with every failure as a Failure. */
export interface Client {
  readonly api: Api;
  /** A call to one chat. A group that has become a supergroup is followed to its new id. @throws Failure */
  inChat<T>(chat: string, effect: Effect, call: (chat: number) => Promise<T>): Promise<T>;
  /** The id that a chat has now. */
  chatId(chat: string): number;
}

export const createApi = ({ token, apiUrl, timeoutMs }: Access): Api =>
  new Api(token, { apiRoot: apiUrl, timeoutSeconds: timeoutMs / 1000 });

export function createClient(access: Access): Client {
  const api = createApi(access);
  const moved = new Map<number, number>();
  const chatId = (chat: string): number => moved.get(Number(chat)) ?? Number(chat);

  return {
    api,
    chatId,
    async inChat(chat, effect, call) {
      const id = chatId(chat);
      try {
        return await call(id);
      } catch (error) {
        const next = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
        if (next === undefined) throw toFailure(error, effect);
        moved.set(id, next);
        moved.set(Number(chat), next);
        return call(next).catch((again: unknown) => {
          throw toFailure(again, effect);
        });
      }
    },
  };
}
