import type { Doc, Inbound } from '../domain/chat.ts';
import { describe, Failure } from '../errors.ts';
import { answeredInDm, writeFirst } from '../words/people.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { broughtBy } from './forms.ts';

type Answerable = Extract<Inbound, { kind: 'action' | 'command' | 'form' }>;

/**
 * Answers a command, a button or a form so that its person alone reads it, while the platform still allows it; a handle that
 * expired is no reason to fail. Where a place shows every answer to everybody, it goes to their direct messages, and the place
 * is told only that.
 */
export async function answerPrivately(deps: Deps, inbound: Inbound, doc: Doc): Promise<void> {
  if (!('reply' in inbound)) return;
  // Words that a message brought have no handle, and are answered below it.
  const isBrought = broughtBy(inbound) !== null;
  if (isBrought && inbound.place.dm) return say(deps, inbound, inbound.place, doc);
  if (!isBrought && (await isReplied(deps, inbound, doc))) return;
  const line = await sayInDm(deps, inbound, doc);
  if (isBrought || !(await isReplied(deps, inbound, line))) await point(deps, inbound, line);
}

const say = async (deps: Deps, { dedupe }: Answerable, place: Inbound['place'], doc: Doc): Promise<void> => {
  await deliver(deps, { key: `said:${dedupe}`, place, subject: null, doc, settled: true });
};

/** False when others would have read it. */
async function isReplied(deps: Deps, inbound: Answerable, doc: Doc): Promise<boolean> {
  try {
    await chatFor(deps.chats, inbound.account.platform).reply(inbound.reply, doc);
  } catch (error) {
    if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
    if (error.code === 'not_private') return false;
    deps.log.warn({ inbound: inbound.dedupe, error: describe(error) }, 'private answer not delivered');
  }
  return true;
}

/** What may be said about it where others read. */
async function sayInDm(deps: Deps, inbound: Answerable, doc: Doc): Promise<Doc> {
  const { account, dedupe } = inbound;
  try {
    await say(deps, inbound, await chatFor(deps.chats, account.platform).dm(account), doc);
    return answeredInDm;
  } catch (error) {
    if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
    deps.log.warn({ inbound: dedupe, error: describe(error) }, 'private answer not delivered');
    return writeFirst;
  }
}

/** The answer has its place by now; that this line finds none (the bot may not write there) changes nothing. */
async function point(deps: Deps, { place, dedupe }: Answerable, doc: Doc): Promise<void> {
  try {
    await deliver(deps, { key: `pointed:${dedupe}`, place, subject: null, doc, settled: true });
  } catch (error) {
    if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
    deps.log.warn({ inbound: dedupe, error: describe(error) }, 'private answer not pointed to');
  }
}
