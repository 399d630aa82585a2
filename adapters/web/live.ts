import { isAmong, type Person, seenBy } from '../../core/domain/policy.ts';
import type { Change } from '../../core/store/changes.ts';
import type { Store } from '../../core/store/index.ts';
import type { Logger } from './logger.ts';

export interface Live {
  /** A stream of server-sent events (WHATWG HTML 9.2) for one reader, from a cursor on. Ends when `stillIn` says no. */
  open(reader: Person, since: string, stillIn: () => Promise<Person | null>): ReadableStream<Uint8Array>;
  stop(): Promise<void>;
}

/** What several changes within this time are told as, milliseconds. */
const gatherMs = 50;
/** How often a quiet stream is kept alive, and its reader looked at again, milliseconds. */
const beatMs = 20_000;
/** Chunks that wait for a reader who does not read, before the stream is cut: the browser comes back with what it saw. */
const backlog = 64;
/** Changes read at once. */
const page = 500;

/** One stream of a reader. */
interface Stream {
  /** Changes up to a cursor, which the browser names when it comes back. */
  tell(changes: readonly Change[], cursor: string): void;
  lost(): void;
  end(): void;
}

/** The live side of the pages. Changes come from the database, so every replica tells the same. */
export function createLive(changes: Store['changes'], log: Logger): Live {
  const streams = new Set<Stream>();
  let stopWatching: (() => Promise<void>) | null = null;
  let head: string | null = null;
  let isReading = false;
  let again = false;

  /** Reads what is new once for all streams. */
  const read = async (): Promise<void> => {
    head ??= await changes.now();
    for (let more = true; more; ) {
      const { changes: fresh, cursor, lost } = await changes.since(head, page);
      for (const stream of [...streams]) {
        if (lost) stream.lost();
        else stream.tell(fresh, cursor);
      }
      head = cursor;
      more = fresh.length === page;
    }
  };
  /** What comes while it reads is read once more. */
  const wake = (): void => {
    if (isReading) {
      again = true;
      return;
    }
    isReading = true;
    void read()
      // The database is away: the next wake, at the latest after 15 s, reads on from the same place.
      .catch((error) => log.warn({ err: error }, 'changes not read'))
      .finally(() => {
        isReading = false;
        if (!again) return;
        again = false;
        wake();
      });
  };

  return {
    open(reader, since, stillIn) {
      stopWatching ??= changes.watch(wake);
      let close: (() => void) | null = null;
      return new ReadableStream<Uint8Array>({
        async start(controller) {
          const stream = createStream(controller, reader, stillIn, () => streams.delete(stream));
          close = stream.end;
          // What the others are told meanwhile is among what is read here: told in order, none is missing after a break.
          let missed = true;
          const joining: Stream = {
            ...stream,
            tell: () => {
              missed = true;
            },
          };
          streams.add(joining);
          let cursor = since;
          while (missed) {
            missed = false;
            const read = await changes.since(cursor, page);
            if (read.lost) {
              streams.delete(joining);
              return stream.lost();
            }
            stream.tell(read.changes, read.cursor);
            cursor = read.cursor;
            missed ||= read.changes.length === page;
          }
          streams.delete(joining);
          streams.add(stream);
        },
        cancel: () => close?.(),
      });
    },
    async stop() {
      for (const stream of streams) stream.end();
      await stopWatching?.();
    },
  };
}

function createStream(
  controller: ReadableStreamDefaultController<Uint8Array>,
  first: Person,
  stillIn: () => Promise<Person | null>,
  gone: () => void,
): Stream {
  const encoder = new TextEncoder();
  let reader = first;
  let topics = new Set<string>();
  let cursor = '';
  let timer: NodeJS.Timeout | null = null;
  let ended = false;

  const end = () => {
    if (ended) return;
    ended = true;
    clearInterval(beat);
    if (timer) clearTimeout(timer);
    gone();
    try {
      controller.close();
    } catch {
      // The reader was quicker: the stream is closed already.
    }
  };
  const send = (text: string) => {
    if (ended) return;
    if ((controller.desiredSize ?? 0) < -backlog) return end();
    controller.enqueue(encoder.encode(text));
  };
  const last = (event: string) => {
    send(`event: ${event}\ndata: \n\n`);
    end();
  };
  const flush = () => {
    timer = null;
    send(`id: ${cursor}\nevent: changed\ndata: ${JSON.stringify([...topics])}\n\n`);
    topics = new Set();
  };
  /** Who was signed out reads no more, and a role that changed counts from now on. */
  const lookAgain = () =>
    void stillIn().then(
      (person) => {
        if (person === null) return last('ended');
        reader = person;
        send(': \n\n');
      },
      () => end(),
    );
  const beat = setInterval(lookAgain, beatMs);
  beat.unref();
  send('retry: 1000\n\n');

  return {
    tell(changes, through) {
      const theirs = changes.filter((change) => mayKnow(reader, change));
      for (const { topic } of theirs) topics.add(topic);
      if (topics.delete('person')) lookAgain();
      cursor = through;
      if (topics.size > 0) timer ??= setTimeout(flush, gatherMs);
    },
    lost: () => last('lost'),
    end,
  };
}

const mayKnow = (reader: Person, { repo, person }: Change): boolean =>
  (person === null || person === reader.id) && (repo === null || isAmong(seenBy(reader), repo));
