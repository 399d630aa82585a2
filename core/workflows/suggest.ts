import type { Account } from '../domain/chat.ts';
import { may } from '../domain/policy.ts';
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
  const all: Record<What, () => Promise<Choice[]>> = {
    project: async () => (await store.projects.list()).map(({ repo }) => ({ label: repo, value: repo })),
    task: async () =>
      (await store.tasks.open())
        .map(({ number, title, repo }) => ({ label: `#${number} ${headline(title)} · ${repo}`, value: String(number) }))
        .toReversed(),
    ask: async () =>
      (await store.asks.inbox()).map((ask) => ({ label: `#${ask.task} ${askNeed(ask)}`, value: String(ask.id) })),
    person: async () => (await store.people.list()).map(({ id, name }) => ({ label: name, value: String(id) })),
  };
  return async function suggest(what: What, typed: string, account: Account) {
    if (!may(await store.people.of(account), 'view')) return [];
    const wanted = typed.trim().toLowerCase();
    return (await all[what]())
      .filter(({ label }) => label.toLowerCase().includes(wanted))
      .slice(0, most)
      .map(({ label, value }) => ({ label: cut(label, longestLabel), value }));
  };
};
