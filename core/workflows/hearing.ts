import type { Said, Turn } from '../agent/assistant.ts';
import { type Answer, answerFromWords, plainDecision } from '../domain/ask.ts';
import type { Place } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { may, type Person } from '../domain/policy.ts';
import { openQuestions } from '../domain/questions.ts';
import { Failure } from '../errors.ts';
import type { StoredMessage } from '../store/conversations.ts';
import { wholeAlbums } from './album.ts';
import type { AtWork } from './at-work.ts';
import type { WithFiles } from './attachments.ts';
import type { Actor, Decided, Decisions } from './decisions.ts';
import type { Deps } from './deps.ts';
import { type Postponement, postpone, postponement } from './postpone.ts';

export interface Heard {
  readonly place: Place;
  /** What the assistant has to answer, or null when everything was decided by plain words. */
  readonly turn: Turn | null;
  readonly deeds: readonly Deed[];
  /** Files to fetch: those of everybody who was heard. Absent in what an earlier release heard. */
  readonly files?: readonly WithFiles[];
  /** How long ago the oldest of it was said, milliseconds, when that was long ago; and whether nobody was there then. */
  readonly late?: { readonly ms: number; readonly away: boolean };
}

/** What came of the deeds: what to say about them, and the tasks to start. */
interface Spoken {
  readonly say: readonly string[];
  readonly start: readonly TaskNumber[];
}

/** Whoever waits for longer is told why. */
const lateMs = 5 * 60_000;

/** When nothing was decided by plain words. */
export const undecided: Spoken = { say: [], start: [] };

/** What a message decides by plain words alone. */
type Deed = {
  readonly actor: Actor;
  /** The stored message that says it. */
  readonly message?: number;
} & (
  | { readonly type: 'confirm' | 'decline'; readonly proposal: number }
  | { readonly type: 'answer'; readonly ask: number; readonly answer: Answer }
  /** It is put off, or handed to somebody. */
  | { readonly type: 'postpone'; readonly ask: number; readonly command: Postponement }
  /** Said to an ask of questions, of which so many are open. */
  | { readonly type: 'reply'; readonly ask: number; readonly text: string; readonly open: number }
);

/**
 * Takes the waiting messages and finds what plain words decide: a bare yes to the one open proposal, a reply under an ask.
 * Deciding is another step: repeated after a fault, this one would find nothing left to decide.
 */
export async function hear(deps: Deps, id: string, conversation: string, atWork: AtWork): Promise<Heard> {
  const found = await deps.store.conversations.find(conversation);
  if (!found)
    throw new Failure(`conversation ${conversation} does not exist`, { code: 'no_conversation', remedy: 'never' });
  atWork.begin(id, found.place);
  await wholeAlbums(deps, conversation);
  const messages = await deps.store.conversations.claim(conversation, id);
  const said: Said[] = [];
  const deeds: Deed[] = [];
  const files: WithFiles[] = [];
  const people = await peopleOf(deps, messages);
  const above = await rootOf(deps, found.place);
  for (const message of messages) {
    const account = message.account ?? '';
    const person = people.get(account) ?? null;
    const { platform } = found.place;
    const name = message.author;
    const actor = { person, name, platform, account, place: found.place, origin: `${id}:${message.id}` };
    const about = (message.replyTo && (await deps.store.posts.subjectOf(message.replyTo))) ?? above;
    const deed = await deedByWords(deps, idIn(about, 'ask'), conversation, message, actor);
    // The first decides, or the first to each question; what follows in the same breath is talk.
    const earlier = deed ? deeds.filter((other) => sameSubject(other, deed)).length : 0;
    const task = idIn(about, 'task');
    if (deed && earlier < (deed.type === 'reply' ? deed.open : 1)) deeds.push({ ...deed, message: message.id });
    else if (may(person, 'chat')) said.push({ ...message, person, ...(task === null ? {} : { about: task }) });
    else continue;
    if (message.files.length > 0 && may(person, 'chat')) files.push({ message: message.id, files: message.files });
  }
  const turn = said.length > 0 ? { id, conversation, place: found.place, said } : null;
  const oldest = Math.min(...messages.map(({ at }) => at));
  const ms = Date.now() - oldest;
  const late = ms > lateMs ? { ms, away: oldest < performance.timeOrigin } : null;
  return { place: found.place, turn, deeds, files, ...(late ? { late } : {}) };
}

const sameSubject = (a: Deed, b: Deed): boolean =>
  'ask' in a ? 'ask' in b && a.ask === b.ask : !('ask' in b) && a.proposal === b.proposal;

export async function decide(deps: Deps, decisions: Decisions, deeds: readonly Deed[]): Promise<Spoken> {
  const say: string[] = [];
  const start: TaskNumber[] = [];
  for (const deed of deeds) {
    const decided = await perform(deps, decisions, deed);
    if (decided.say) say.push(decided.say);
    if (decided.start) start.push(decided.start);
  }
  return { say, start };
}

async function perform(deps: Deps, decisions: Decisions, deed: Deed): Promise<Decided> {
  if (deed.type === 'answer') return decisions.answer(deed.ask, deed.answer, deed.actor, deed.message);
  if (deed.type === 'postpone') return { say: await postpone(deps, deed.ask, deed.command, deed.actor), start: null };
  if (deed.type === 'reply')
    return decisions.reply(deed.ask, [{ type: 'write', question: null, text: deed.text }], deed.actor, deed.message);
  return decisions[deed.type](deed.proposal, deed.actor);
}

/** By account: one that was taken from its person since is nobody's. */
async function peopleOf({ store }: Deps, messages: readonly StoredMessage[]): Promise<Map<string, Person | null>> {
  const accounts = new Set(messages.flatMap(({ account }) => account ?? []));
  return new Map(
    await Promise.all([...accounts].map(async (key) => [key, await store.people.byAccount(key)] as const)),
  );
}

/** What the card shows under which this thread hangs. */
const rootOf = async ({ store }: Deps, place: Place): Promise<string | null> =>
  place.thread ? store.posts.subjectOf({ place, id: place.thread }) : null;

/** The ask or task that a subject names, that its reminder is about or whose words are asked for; else null. */
function idIn(subject: string | null, noun: 'ask' | 'task'): number | null {
  const [name, id] = subject?.replace(/^form:/, '').split(':') ?? [];
  return name === noun || (noun === 'ask' && (name === 'reminder' || name === 'answer')) ? Number(id) : null;
}

async function deedByWords(
  deps: Deps,
  above: number | null,
  conversation: string,
  { text, at }: StoredMessage,
  actor: Actor,
): Promise<Deed | null> {
  const ask = above === null ? null : await deps.store.asks.find(above);
  if (ask?.state === 'open') {
    // A file without a word answers nothing.
    if (text.trim() === '') return null;
    const command = await postponement(deps, text, actor);
    if (command) return { type: 'postpone', ask: ask.id, command, actor };
    if (ask.body.kind === 'question') {
      const open = openQuestions(ask.body.questions, ask.draft).length;
      return { type: 'reply', ask: ask.id, text, open, actor };
    }
    const answer = answerFromWords(ask.body, text);
    return answer && { type: 'answer', ask: ask.id, answer, actor };
  }
  const decision = plainDecision(text);
  if (!decision) return null;
  const [only, another] = await deps.store.proposals.openIn(conversation);
  if (!only || another || !(await wasShown(deps, only.id, at))) return null;
  return { type: decision === 'yes' ? 'confirm' : 'decline', proposal: only.id, actor };
}

/** Platforms tell the time in whole seconds, and their clocks and ours differ a little. */
const clocksMs = 2_000;

/** Whether a proposal's card stood there when something was said: a yes from before was for somebody else. */
async function wasShown({ store }: Deps, proposal: number, at: number): Promise<boolean> {
  const card = await store.posts.find(`proposal:${proposal}`);
  return card !== null && at >= card.createdAt - clocksMs;
}
