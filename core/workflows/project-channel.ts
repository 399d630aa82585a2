import type { Doc, Place } from '../domain/chat.ts';
import type { RepoName } from '../domain/ids.ts';
import { chatFor } from './delivery.ts';
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
