import { type Account, accountKey, type Emoji, type MessageRef } from '../domain/chat.ts';
import { channelOf } from '../store/posts.ts';

/** Names the cursor that tells when a person's thumb on a message was heard. */
export const heardThumb = (
  { place, id }: MessageRef,
  account: Pick<Account, 'platform' | 'space' | 'id'>,
  emoji: Emoji,
) => `thumb:${channelOf(place)}:${id}:${accountKey(account)}:${emoji}`;
