import type { Account } from '../domain/chat.ts';
import type { RepoName } from '../domain/ids.ts';
import { isAmong, may, seenBy } from '../domain/policy.ts';
import type { Suggest } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { askNeed } from '../words/ask.ts';
import { cut, headline } from '../words/text.ts';

type What = Parameters<Suggest>[0];
type Choice = Awaited<ReturnType<Suggest>>[number];

const most = 25;
const longestLabel = 100;

/** What somebody may mean who types a command, by what they may see; nothing for strangers. Newest first. */
export const createSuggest = (store: Store): Suggest => {
  const all: Record<What, (mine: readonly RepoName[] | null) => Promise<Choice[]>> = {
    project: async (mine) =>
      (await store.projects.list())
        .filter(({ repo }) => isAmong(mine, repo))
        .map(({ repo }) => ({ label: repo, value: repo })),
    task: async (mine) =>
      (await store.tasks.open(mine))
        .map(({ number, title, repo }) => ({ label: `#${number} ${headline(title)} · ${repo}`, value: String(number) }))
        .toReversed(),
    ask: async (mine) => {
      const seen = new Set((await store.tasks.open(mine)).map(({ number }) => number));
      const asks = (await store.asks.inbox()).filter(({ task }) => seen.has(task));
      return asks.map((ask) => ({ label: `#${ask.task} ${askNeed(ask)}`, value: String(ask.id) }));
    },
    person: async () => (await store.people.list()).map(({ name }) => ({ label: name, value: name })),
  };
  return async function suggest(what: What, typed: string, account: Account) {
    const person = await store.people.of(account);
    if (!may(person, 'view')) return [];
    const wanted = typed.trim().toLowerCase();
    return (await all[what](seenBy(person)))
      .filter(({ label }) => label.toLowerCase().includes(wanted))
      .slice(0, most)
      .map(({ label, value }) => ({ label: cut(label, longestLabel), value }));
  };
};
