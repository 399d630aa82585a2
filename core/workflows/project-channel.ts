import type { Doc, Place } from '../domain/chat.ts';
import type { RepoName } from '../domain/ids.ts';
import { describe } from '../errors.ts';
import { channelOf } from '../store/posts.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';

/** Makes a project's own channel where it was asked for, and links it; makes a second one never. */
export async function openProjectChannel({ chats, store }: Deps, repo: RepoName, place: Place): Promise<Doc> {
  const chat = chatFor(chats, place.platform);
  if (!chat.openChannel || place.dm) {
    return { text: 'I can’t make a channel here. Make one yourself and write `project link` in it.' };
  }
  const name = repo.replace('/', '-').toLowerCase();
  const channel = await chat.openChannel({ space: place.space, name, about: `Mainloop works on ${repo}` });
  await store.projects.link(channel, repo);
  return { text: `**#${name}** is the channel of ${repo} now. Its tasks show their progress there.` };
}

/** Shows a card in the project's channels other than the one it came from. One that fails keeps none from the others. */
export async function showInProjectChannels(
  deps: Deps,
  repo: RepoName,
  from: Place,
  card: { readonly subject: string; readonly doc: Doc },
): Promise<void> {
  for (const place of await deps.store.projects.channelsOf(repo)) {
    const channel = channelOf(place);
    if (channel === channelOf(from) || !deps.chats.has(place.platform)) continue;
    try {
      await deliver(deps, { key: `${card.subject}:progress:${channel}`, place, ...card, settled: false });
    } catch (error) {
      deps.log.warn({ channel, subject: card.subject, error: describe(error) }, 'project channel not told');
    }
  }
}
