import { albumStore } from './albums.ts';
import { askingStore } from './askings.ts';
import { askStore } from './asks.ts';
import { codeStore } from './codes.ts';
import { conversationStore } from './conversations.ts';
import type { Database } from './database.ts';
import { digestStore } from './digest.ts';
import { sql } from './drizzle.ts';
import { fileStore } from './files.ts';
import { historyStore } from './history.ts';
import { inboxStore } from './inbox.ts';
import { joinStore } from './joins.ts';
import { limitStore } from './limits.ts';
import { logStore } from './log.ts';
import { peopleStore } from './people.ts';
import { postStore } from './posts.ts';
import { projectStore } from './projects.ts';
import { proposalStore } from './proposals.ts';
import { runStore } from './runs.ts';
import { taskListStore } from './task-lists.ts';
import { taskStore } from './tasks.ts';
import { workerStore } from './worker.ts';

/** Everything the program remembers, by noun. The only SQL in the house. */
export const createStore = (db: Database) => ({
  /** Resolves when the database answers. */
  ping: async () => {
    await db.execute(sql`select 1`);
  },
  people: peopleStore(db),
  codes: codeStore(db),
  joins: joinStore(db),
  limits: limitStore(db),
  projects: projectStore(db),
  conversations: conversationStore(db),
  albums: albumStore(db),
  posts: postStore(db),
  files: fileStore(db),
  proposals: proposalStore(db),
  tasks: taskStore(db),
  taskLists: taskListStore(db),
  runs: runStore(db),
  worker: workerStore(db),
  log: logStore(db),
  asks: askStore(db),
  askings: askingStore(db),
  inbox: inboxStore(db),
  digest: digestStore(db),
  history: historyStore(db),
});

export type Store = ReturnType<typeof createStore>;
