import { isAmong, type Person, seenBy } from '../../core/domain/policy.ts';
import type { Change } from '../../core/store/changes.ts';
import type { Store } from '../../core/store/index.ts';
import type { Logger } from './logger.ts';

export interface Live {
  /** A stream of server-sent events (WHATWG HTML 9.2) for one reader, from a cursor on. */
  open(reader: Person, since: string, line: Line): ReadableStream<Uint8Array>;
  stop(): Promise<void>;
}

/** How a reader is connected. */
export interface Line {
  /** Who they are now; null ends the stream. */
  stillIn(): Promise<Person | null>;
  /** Breaks the connection of a reader who does not read. */
  cut(): void;
}

/** What several changes within this time are told as, milliseconds. */
const gatherMs = 50;
/** How often a quiet stream is kept alive, and its reader looked at again, milliseconds. */
const beatMs = 20_000;
/** Bytes that wait for a reader who does not read, before they are cut off: the browser comes back with what it saw. */
const backlog = 256 * 2 ** 10;
/** Changes read at once. */
const page = 500;

/** One stream of a reader. */
interface Stream {
  /** Changes up to a cursor, which the browser names when it comes back. */
  tell(changes: readonly Change[], cursor: string): void;
  lost(): void;
  end(): void;
  isOver(): boolean;
}

/** The live side of the pages. Changes come from the database, so every replica tells the same. */
export function createLive(changes: Store['changes'], log: Logger): Live {
  const streams = new Set<Stream>();
  let stopWatching: (() => Promise<void>) | null = null;
  let head = '';
  let begun: Promise<void> | null = null;
  let isReading = false;
  let again = false;

  /** Sets where the common reading begins: before any stream's own, so that nothing lies in between. */
  const begin = (): Promise<void> => {
    begun ??= changes.now().then(
      (now) => {
        head = now;
      },
      (error) => {
        begun = null;
        throw error;
      },
    );
    return begun;
  };
  /** Reads what is new once for all streams. */
  const read = async (): Promise<void> => {
    await begin();
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

  /** Tells a stream what it missed. What the others are told meanwhile is among it: told in order, none is missing. */
  const join = async (stream: Stream, since: string): Promise<void> => {
    let missed = true;
    const joining: Stream = {
      ...stream,
      tell: () => {
        missed = true;
      },
    };
    streams.add(joining);
    try {
      await begin();
      for (let cursor = since; missed && !stream.isOver(); ) {
        missed = false;
        const read = await changes.since(cursor, page);
        if (read.lost) return stream.lost();
        stream.tell(read.changes, read.cursor);
        cursor = read.cursor;
        missed ||= read.changes.length === page;
      }
      if (!stream.isOver()) streams.add(stream);
    } catch (error) {
      log.warn({ err: error }, 'a stream not begun');
      stream.end();
    } finally {
      streams.delete(joining);
    }
  };

  return {
    open(reader, since, line) {
      stopWatching ??= changes.watch(wake);
      let stream: Stream;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            stream = createStream(controller, reader, line, () => streams.delete(stream));
            void join(stream, since);
          },
          cancel: () => stream.end(),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: backlog }),
      );
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
  { stillIn, cut }: Line,
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
    if ((controller.desiredSize ?? 0) <= 0) {
      // What waits for them would keep the connection open for ever.
      cut();
      return end();
    }
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
    isOver: () => ended,
  };
}

const mayKnow = (reader: Person, { repo, person }: Change): boolean =>
  (person === null || person === reader.id) && (repo === null || isAmong(seenBy(reader), repo));
