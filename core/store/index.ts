import { albumStore } from './albums.ts';
import { askingStore } from './askings.ts';
import { askStore } from './asks.ts';
import { changeStore } from './changes.ts';
import { codeStore } from './codes.ts';
import { conversationStore } from './conversations.ts';
import type { OpenDatabase } from './database.ts';
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
import { saidStore } from './said.ts';
import { installation } from './schema.ts';
import { sessionStore } from './sessions.ts';
import { taskListStore } from './task-lists.ts';
import { taskStore } from './tasks.ts';
import { webStore } from './web.ts';
import { workerStore } from './worker.ts';

/** Everything the program remembers, by noun. The only SQL in the house. */
export const createStore = (db: OpenDatabase['db']) => ({
  /** Resolves when the database answers. */
  ping: async () => {
    await db.execute(sql`select 1`);
  },
  /** By what this database's tasks are told from those of others: five characters of hex. */
  installation: async (): Promise<string> => {
    const [row] = await db.select().from(installation);
    if (!row) throw new Error('the database has lost the id of its installation');
    return row.id;
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
  said: saidStore(db),
  asks: askStore(db),
  askings: askingStore(db),
  inbox: inboxStore(db),
  digest: digestStore(db),
  history: historyStore(db),
  web: webStore(db),
  sessions: sessionStore(db),
  changes: changeStore(db),
});

export type Store = ReturnType<typeof createStore>;
