import type { MessageRef, Place } from '../domain/chat.ts';
import type { Database } from './database.ts';
import { and, eq, gt, gte, isNotNull, isNull, like, or } from './drizzle.ts';
import { posts } from './schema.ts';

/** A message the program sent: what it shows and where it is. */
export interface Post {
  readonly key: string;
  readonly place: Place;
  readonly messageId: string | null;
  readonly subject: string | null;
  readonly sent: string | null;
  readonly settled: boolean;
  readonly createdAt: number;
}

export const postStore = (db: Database) => ({
  /** Announces a post before it is sent. `known` is false the first time: only then its fate can't be in doubt. */
  async announce(
    key: string,
    place: Place,
    subject: string | null,
    at: number,
  ): Promise<{ post: Post; known: boolean }> {
    const channel = channelOf(place);
    const [fresh] = await db
      .insert(posts)
      .values({ key, place, channel, subject, createdAt: at })
      .onConflictDoNothing()
      .returning();
    if (fresh) return { post: fresh, known: false };
    const [post] = await db.select().from(posts).where(eq(posts.key, key));
    if (!post) throw new Error(`post ${key} vanished`);
    return { post, known: true };
  },

  async sent(key: string, ref: MessageRef, hash: string, settled: boolean): Promise<void> {
    await db.update(posts).set({ place: ref.place, messageId: ref.id, sent: hash, settled }).where(eq(posts.key, key));
  },

  async find(key: string): Promise<Post | null> {
    const [row] = await db.select().from(posts).where(eq(posts.key, key));
    return row ?? null;
  },

  /** What a message shows, by its place and id. */
  async subjectOf(ref: MessageRef): Promise<string | null> {
    const [row] = await db
      .select({ subject: posts.subject })
      .from(posts)
      .where(and(eq(posts.channel, channelOf(ref.place)), eq(posts.messageId, ref.id)));
    return row?.subject ?? null;
  },

  /** Whether a card that was announced after `since` has left, or is about to, for the channel of `place` and its message's id is not known yet. */
  async underway(place: Place, since: number): Promise<boolean> {
    const [row] = await db
      .select({ key: posts.key })
      .from(posts)
      .where(
        and(
          eq(posts.channel, channelOf(place)),
          isNull(posts.messageId),
          isNotNull(posts.subject),
          gte(posts.createdAt, since),
        ),
      )
      .limit(1);
    return row !== undefined;
  },

  async of(subject: string): Promise<Post[]> {
    return db.select().from(posts).where(eq(posts.subject, subject));
  },

  /** Proposals and asks on a platform that are still open: a reaction may have come while nobody listened. */
  async awaiting(platform: string): Promise<{ place: Place; messageId: string }[]> {
    const rows = await db
      .select({ place: posts.place, messageId: posts.messageId })
      .from(posts)
      .where(
        and(
          eq(posts.settled, false),
          like(posts.channel, `${platform}:%`),
          or(like(posts.subject, 'proposal:%'), like(posts.subject, 'ask:%')),
        ),
      );
    return rows.flatMap(({ place, messageId }) => (messageId ? [{ place, messageId }] : []));
  },

  /** One place in every channel of a platform that we wrote to after `after`. */
  async places(platform: string, after: number): Promise<Place[]> {
    const rows = await db
      .selectDistinctOn([posts.channel], { place: posts.place })
      .from(posts)
      .where(and(like(posts.channel, `${platform}:%`), gt(posts.createdAt, after)));
    return rows.map((row) => row.place);
  },

  /** Subjects with a card that may not show the truth any more. */
  async unsettledSubjects(): Promise<string[]> {
    const rows = await db
      .selectDistinct({ subject: posts.subject })
      .from(posts)
      .where(and(eq(posts.settled, false), isNotNull(posts.subject), isNotNull(posts.messageId)));
    return rows.flatMap(({ subject }) => (subject ? [subject] : []));
  },
});

export const channelOf = (place: Place): string => [place.platform, place.space, place.channel].join(':');
