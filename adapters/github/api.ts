import type { RepoName } from '../../core/domain/ids.ts';
import { Failure } from '../../core/errors.ts';
import type { Client } from './client.ts';
import type { Credentials } from './credentials.ts';
import { createTurns } from './ensure.ts';
import { statusOf, toFailure } from './errors.ts';
import { at } from './repository-name.ts';

/** One repository to be asked: the client that may, and the two parameters that name it. */
export interface Target {
  readonly octokit: Client;
  readonly at: { owner: string; repo: string };
}

/** What every part of the adapter works with. */
export interface Api {
  /** Our own login. */
  login(): Promise<string>;
  /** Runs `use` against a repository; every error becomes a Failure, and a 404 says whether the repository itself is missing. */
  call<T>(repo: RepoName, use: (target: Target) => Promise<T>): Promise<T>;
  /** Runs works of the same name in turn. */
  inTurn<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function createApi(credentials: Credentials): Api {
  async function call<T>(repo: RepoName, use: (target: Target) => Promise<T>): Promise<T> {
    let octokit: Client | undefined;
    try {
      octokit = await credentials.client(repo);
      return await use({ octokit, at: at(repo) });
    } catch (error) {
      const failure = toFailure(error);
      const hidden = failure.code === 'gone' && octokit ? await invisible(octokit, repo) : null;
      if (hidden ?? failure.code === 'invalid_credentials') credentials.forget(repo);
      throw hidden ?? failure;
    }
  }

  /** Null when the repository is there, so that the 404 was about a part of it. */
  async function invisible(octokit: Client, repo: RepoName): Promise<Failure | null> {
    try {
      await octokit.rest.repos.get(at(repo));
      return null;
    } catch (error) {
      if (statusOf(error) !== 404) return toFailure(error);
      // Advice is a help; that it cannot be had (the App's name is not to be read) must not hide what is wrong.
      const advice = await credentials.invisibleAdvice(repo).catch(() => undefined);
      return new Failure(`GitHub shows no repository ${repo}.`, {
        code: 'repository_not_found',
        remedy: 'never',
        ...(advice ? { advice } : {}),
        cause: error,
      });
    }
  }

  return {
    login: () => credentials.login().catch((error: unknown) => Promise.reject(toFailure(error))),
    call,
    inTurn: createTurns(),
  };
}

/** Null instead of a 404 about a part of a repository that is itself there. */
export async function orNull<T>({ octokit, at: repo }: Target, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await octokit.rest.repos.get(repo);
    return null;
  }
}
