import type { Place } from '../domain/chat.ts';
import type { RepoName } from '../domain/ids.ts';
import { storable } from './columns.ts';
import type { Database } from './database.ts';
import { asc, eq, sql } from './drizzle.ts';
import { channelOf } from './posts.ts';
import { channels, projects } from './schema.ts';

export type Project = typeof projects.$inferSelect;

export const projectStore = (db: Database) => ({
  async put(project: { repo: RepoName; defaultBranch: string; url: string }, at: number): Promise<void> {
    await db
      .insert(projects)
      .values({ ...project, createdAt: at })
      .onConflictDoUpdate({ target: projects.repo, set: { defaultBranch: project.defaultBranch, url: project.url } });
  },

  /** By name, in any case: people write `Acme/Web`. */
  async find(repo: string): Promise<Project | null> {
    const [row] = await db
      .select()
      .from(projects)
      .where(sql`lower(${projects.repo}) = lower(${storable(repo)})`);
    return row ?? null;
  },

  async list(): Promise<Project[]> {
    return db.select().from(projects).orderBy(asc(projects.repo));
  },

  async remove(repo: RepoName): Promise<void> {
    await db.delete(projects).where(eq(projects.repo, repo));
  },

  async set(repo: RepoName, change: Partial<Pick<Project, 'checks' | 'withoutCi' | 'selfApproval'>>): Promise<void> {
    await db.update(projects).set(change).where(eq(projects.repo, repo));
  },

  /** Links a channel to a project, in place of an earlier one. */
  async link(place: Place, repo: RepoName): Promise<void> {
    await db
      .insert(channels)
      .values({ key: channelOf(place), repo })
      .onConflictDoUpdate({ target: channels.key, set: { repo } });
  },

  /** The channels that are linked to a project. */
  async channelsOf(repo: RepoName): Promise<Place[]> {
    const rows = await db.select().from(channels).where(eq(channels.repo, repo)).orderBy(asc(channels.key));
    return rows.map(({ key }) => {
      const [platform = '', space = '', channel = ''] = key.split(':');
      return { platform, space, channel, dm: false };
    });
  },

  async linkedTo(place: Place): Promise<RepoName | null> {
    const [row] = await db
      .select()
      .from(channels)
      .where(eq(channels.key, channelOf(place)));
    return row?.repo ?? null;
  },
});
