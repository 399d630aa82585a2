import type { Doc } from '../domain/chat.ts';
import { describe, Failure } from '../errors.ts';
import type { Post } from '../store/posts.ts';
import { chatFor, fingerprint } from './delivery.ts';
import type { Deps } from './deps.ts';

/** How a subject looks now. */
export interface Drawing {
  readonly doc: Doc;
  /** True when it will never look different again. */
  readonly settled: boolean;
  /** When it looks different by the clock alone (an undo button that goes), milliseconds since the epoch. */
  readonly redrawAt?: number;
}

/**
 * Keeps every card that was sent showing the truth. A card is a pure drawing of what is stored, so nothing is lost by
 * a crash: `resume` draws all unsettled cards again. What changes often is sent as often as the platform likes, and only
 * the latest form.
 */
export interface Presenter {
  /** Something about a subject changed. Returns at once. */
  touch(subject: string): void;
  /** Draws everything that may be out of date, a few cards at a time; for the start of the program. Returns at once. */
  resume(): void;
  stop(): Promise<void>;
}

/** Pause after a failure that may pass; doubles up to a minute. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** Cards drawn at once at the start: thousands may be unfinished, and what people do now comes first. */
const resumedAtOnce = 2;
/** A card that cannot be edited now is not waited for longer than this. */
const longestDrawMs = 2_000;

type Needs = Pick<Deps, 'store' | 'chats' | 'log'>;

export function createPresenter(deps: Needs, draw: (subject: string) => Promise<Drawing | null>): Presenter {
  const busy = new Map<string, Promise<void>>();
  const dirty = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const sleeping = new Set<() => void>();
  let stopped = false;
  let resuming: Promise<void> | undefined;

  const later = (subject: string, ms: number) => {
    if (stopped) return;
    clearTimeout(timers.get(subject));
    const timer = setTimeout(() => {
      timers.delete(subject);
      touch(subject);
    }, ms);
    timers.set(subject, timer);
  };

  const touch = (subject: string) => {
    dirty.add(subject);
    if (stopped || busy.has(subject)) return;
    busy.set(
      subject,
      redrawWhileDirty(subject).finally(() => {
        busy.delete(subject);
        if (dirty.has(subject)) touch(subject);
      }),
    );
  };

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        sleeping.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      sleeping.add(wake);
      if (stopped) wake();
    });

  async function redrawWhileDirty(subject: string): Promise<void> {
    let pause = firstPauseMs;
    while (dirty.delete(subject) && !stopped) {
      try {
        const editEveryMs = await redraw(subject);
        pause = firstPauseMs;
        if (editEveryMs > 0 && dirty.has(subject)) await sleep(editEveryMs);
      } catch (error) {
        deps.log.warn({ subject, error: describe(error) }, 'card not updated yet');
        // What is touched meanwhile waits too: a rate limit is not helped by more tries.
        dirty.add(subject);
        await sleep((error instanceof Failure && error.retryAfterMs) || pause);
        pause = Math.min(pause * 2, longestPauseMs);
      }
    }
  }

  /** Answers how long to wait before the subject's cards are edited again. */
  async function redraw(subject: string): Promise<number> {
    const drawing = await draw(subject);
    if (!drawing) return 0;
    if (drawing.redrawAt !== undefined) later(subject, Math.max(0, drawing.redrawAt - Date.now()) + 50);
    const posts = (await deps.store.posts.of(subject)).filter((post) => post.messageId !== null && !post.settled);
    const pauses = await Promise.all(posts.map((post) => edit(post, drawing)));
    return Math.max(0, ...pauses);
  }

  async function edit(post: Post, { doc, settled }: Drawing): Promise<number> {
    const hash = fingerprint(doc);
    if (!post.messageId || (hash === post.sent && !settled)) return 0;
    const chat = chatFor(deps.chats, post.place.platform);
    const before = { place: post.place, id: post.messageId };
    try {
      const ref = hash === post.sent ? before : await chat.edit(before, doc);
      await deps.store.posts.sent(post.key, ref, hash, settled);
    } catch (error) {
      if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
      deps.log.warn({ post: post.key, error: describe(error) }, 'card cannot be edited');
      // A refused token or an archived channel may come back: then the card is drawn again at its next change or start.
      if (error.code === 'gone') await deps.store.posts.sent(post.key, before, hash, true);
    }
    return chat.capabilities.editEveryMs;
  }

  async function drawAll(): Promise<void> {
    const subjects = (await deps.store.posts.unsettledSubjects()).values();
    const lane = async () => {
      for (const subject of subjects) {
        if (stopped) return;
        touch(subject);
        await Promise.race([busy.get(subject), sleep(longestDrawMs)]);
      }
    };
    await Promise.all(Array.from({ length: resumedAtOnce }, lane));
  }

  return {
    touch,
    resume() {
      resuming = drawAll().catch((error: unknown) =>
        deps.log.warn({ error: describe(error) }, 'cards of before not drawn'),
      );
    },
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      for (const wake of sleeping) wake();
      await Promise.allSettled([resuming, ...busy.values()]);
    },
  };
}
