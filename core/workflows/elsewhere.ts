import type { Place } from '../domain/chat.ts';
import type { RepoName, TaskNumber } from '../domain/ids.ts';
import { channelOf } from '../store/posts.ts';
import { deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { notice } from './notice.ts';
import { firstCard } from './progress.ts';

/** A project's channels but the one that a task came from: its card is shown there too. */
export async function channelsBeside({ store, chats }: Deps, repo: RepoName, from: Place): Promise<Place[]> {
  const channels = await store.projects.channelsOf(repo);
  return channels.filter((place) => channelOf(place) !== channelOf(from) && chats.has(place.platform));
}

/**
 * Posts a task's card in a channel of its project. A workflow of its own, so that neither the task nor another channel waits
 * for a platform that is away.
 */
export const createElsewhere = (deps: Deps) =>
  async function shown(number: TaskNumber, place: Place): Promise<void> {
    await notice(deps.log, 'show elsewhere', async () => {
      const card = await firstCard(deps, number);
      await deliver(deps, { key: `${card.subject}:progress:${channelOf(place)}`, place, ...card, settled: false });
      // What happened since the task was read had no card to be seen on.
      deps.presenter.touch(card.subject);
    });
  };
