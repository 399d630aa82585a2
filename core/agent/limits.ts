/** The bounds that keep the cost of a turn flat, however long a conversation grows. All in characters or counts. */

/** Above either, the oldest messages move into the summary. */
export const verbatim = { messages: 40, characters: 24_000 };

/** What stays verbatim after that: half, so that the summary (and with it the cached prefix) changes seldom. */
export const kept = { messages: 20, characters: 12_000 };

/**
 * The most that a request ever carries. Reached only while summaries fail or much is said at once; then the oldest are left
 * out of the request with a note, and stay stored until they are summarised.
 */
export const hardest = { messages: 120, characters: 72_000 };

/** One message in a request: its head and its tail, with a note between. It is stored whole. */
export const message = { head: 6_000, tail: 2_000 };

/** Images in a request: the newest ones, at least `least` and fewer than `least + batch`; older ones are a line of text. */
export const images = { least: 3, batch: 3 };

/** The summary, as stored. */
export const summary = { characters: 6_000, tokens: 1_500 };

/** What one summary takes in at once. */
export const batch = { messages: 60, characters: 36_000 };

/** The state at the end of a request. */
export const state = { tasks: 20, asks: 12, proposals: 8, characters: 400 };

/** Projects named in the system prompt. */
export const projects = 100;

/** One answer, in tokens. */
export const answerTokens = 4_096;
