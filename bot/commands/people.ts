import { pino } from 'pino';
import { accountKey } from '../../core/domain/chat.ts';
import { repoName } from '../../core/domain/ids.ts';
import { type Person, type Role, roles } from '../../core/domain/policy.ts';
import { Failure } from '../../core/errors.ts';
import { connect } from '../../core/store/database.ts';
import { createStore, type Store } from '../../core/store/index.ts';
import { createMembership, type Membership } from '../../core/workflows/membership.ts';
import { type Command, type CommandArgs, type CommandIo, UsageError } from '../command.ts';
import { environment, readHouseConfig } from '../config.ts';
import { visitDatabase } from '../database.ts';

/** Who decides, in the history. */
const actor = 'the command line';

/** What can be done, and how it is written. */
const forms: Readonly<Record<string, string>> = {
  list: 'list',
  approve: 'approve CODE',
  role: 'role PERSON ROLE',
  projects: 'projects PERSON LIST|all',
  github: 'github PERSON LOGIN',
  unlink: 'unlink ACCOUNT',
  remove: 'remove PERSON',
};

/** `mainloop people`: who is served. Works while the program runs, which follows at once, and while it does not. */
export const people = (env: () => NodeJS.ProcessEnv = environment): Command => ({
  name: 'people',
  summary: 'List, let in, change and remove people, while the program runs or not',
  usage: Object.values(forms).join(' | '),
  options: {
    role: { value: 'member|viewer|owner', summary: 'with approve: the role; default member' },
    projects: { value: 'a/b,c/d', summary: 'with approve: the only projects they may use; default all' },
  },
  maxWords: 3,
  async run(args, io) {
    const act = readAct(args);
    const { databaseUrl, dataDir, owners } = readHouseConfig(env());
    const log = pino({ level: 'silent' });
    const database = await visitDatabase({ ...(databaseUrl && { url: databaseUrl }), dataDir, log });
    try {
      const { db, close } = await connect(database.url, () => undefined, 2);
      const store = createStore(db);
      try {
        await act({ store, membership: createMembership(store, actor), io, owners: owners.map(accountKey) });
      } finally {
        await close();
      }
    } finally {
      await database.stop();
    }
    return 0;
  },
});

interface Desk {
  readonly store: Store;
  readonly membership: Membership;
  readonly io: CommandIo;
  /** Accounts that the settings make owners at every start. */
  readonly owners: readonly string[];
}

type Act = (desk: Desk) => Promise<void>;

/** What the words ask for; whatever is wrong with them is said before the database is opened. */
function readAct({ words: [verb = 'list', who = '', what = '', ...more], text }: CommandArgs): Act {
  const form = forms[verb];
  if (!form) throw new UsageError(`people does not know "${verb}".`);
  const given = [verb, who, what, ...more].filter((word) => word !== '');
  if (given.length !== form.split(' ').length) throw new UsageError(`Use it as: people ${form}`);
  if (verb !== 'approve' && (text('role') ?? text('projects')) !== undefined)
    throw new UsageError('--role and --projects belong to approve.');
  switch (verb) {
    case 'approve':
      return approve(who, readRole(text('role') ?? 'member'), readProjects(text('projects') ?? 'all'));
    case 'role': {
      const role = readRole(what);
      return onPerson(who, `is ${role} now`, (person, { setRole }) => setRole(person, role));
    }
    case 'projects': {
      const projects = readProjects(what);
      const said = `may use ${projects === null ? 'all projects' : projects.join(', ')}`;
      return onPerson(who, said, (person, { setProjects }) => setProjects(person, projects));
    }
    case 'github':
      return onPerson(who, `is ${what} on GitHub`, (person, { addLogin }) => addLogin(person, what));
    case 'remove':
      return onPerson(who, 'is removed', (person, { remove }) => remove(person));
    case 'unlink':
      return unlink(who);
    default:
      return list;
  }
}

function readRole(text: string): Role {
  const role = roles.find((known) => known === text);
  if (!role) throw new UsageError(`A role is owner, member or viewer, not "${text}".`);
  return role;
}

function readProjects(text: string): readonly string[] | null {
  if (text === 'all') return null;
  const repos = text.split(',').map((one) => one.trim());
  const wrong = repos.find((one) => !repoName.safeParse(one).success);
  if (wrong !== undefined) throw new UsageError(`Projects are owner/repo,owner/repo or all, not "${wrong}".`);
  return repos;
}

const approve =
  (code: string, role: Role, projects: readonly string[] | null): Act =>
  async ({ membership, io }) => {
    const person = await membership.approve(code, role, projects);
    io.say(`✔ ${described(person)}`);
  };

const unlink =
  (account: string): Act =>
  async ({ membership, io }) => {
    await membership.unlink(account);
    io.say(`✔ ${account} is a stranger's again`);
  };

const onPerson =
  (who: string, said: string, act: (person: Person, membership: Membership) => Promise<void>): Act =>
  async ({ store, membership, io, owners }) => {
    const person = await findPerson(store, who);
    const accounts = (await store.people.accountsOf(person.id)).map(accountKey);
    await act(person, membership);
    io.say(`✔ ${person.name} (${person.id}) ${said}`);
    const after = await store.people.byId(person.id);
    const lasting = after?.role === 'owner' ? undefined : owners.find((owner) => accounts.includes(owner));
    if (lasting) io.say(`○ OWNERS names ${lasting}: an owner again at the next start, unless you take it out there.`);
  };

/** By number, account (`slack:T1:U1`) or name, where only one has it. */
async function findPerson(store: Store, who: string): Promise<Person> {
  const byAccount = await store.people.byAccount(who);
  if (byAccount) return byAccount;
  const all = await store.people.list();
  const found = all.filter(({ id, name }) => String(id) === who || name.toLowerCase() === who.toLowerCase());
  const [only, another] = found;
  if (only && !another) return only;
  const what = only ? `${found.length} people are called ${who}` : `There is no person ${who}`;
  throw new Failure(`${what}.`, {
    code: 'unknown_person',
    remedy: 'never',
    advice: '`people list` shows their numbers.',
  });
}

async function list({ store, io }: Desk): Promise<void> {
  const all = await store.people.list();
  if (all.length === 0) io.say('○ Nobody is served yet. The program prints a code for the first owner when it starts.');
  for (const person of all) {
    const accounts = await store.people.accountsOf(person.id);
    io.say(`${described(person)} · ${accounts.map(accountKey).join(' ') || 'no account'}`);
  }
}

const described = ({ id, name, role, projects }: Person): string =>
  `${id} ${name} · ${role} · ${role === 'owner' || projects === null ? 'all projects' : projects.join(',') || 'no project'}`;
