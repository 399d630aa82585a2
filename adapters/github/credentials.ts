import type { RepoName } from '../../core/domain/ids.ts';
import type { Identity } from './check.ts';
import type { Client } from './client.ts';

/** A person's (or machine account's) token, or a GitHub App's identity. */
export type Auth = { readonly token: string } | { readonly appId: string | number; readonly privateKey: string };

/** Who we are at GitHub, and the client for each repository. */
export interface Credentials {
  /** Whether they are good for anything. Throws Failure naming the variable that is wrong. */
  check(): Promise<Identity>;
  /** What they lack on a repository, in words; `role` is what the repository says that our account may do. */
  missing(repo: RepoName, role: { push?: boolean } | undefined): Promise<string[]>;
  /** Our own login: issues and comments that we write carry it. */
  login(): Promise<string>;
  client(repo: RepoName): Promise<Client>;
  /** A password for git, limited to the repository (under its present name) as far as the credentials allow. */
  gitPassword(repo: RepoName): Promise<string>;
  /** Forgets what it knows of a repository, after a refusal. */
  forget(repo: RepoName): void;
  /** What a person can do when the repository is not visible. */
  invisibleAdvice(repo: RepoName): Promise<string>;
}
