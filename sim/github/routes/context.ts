import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { canRead } from '../access.ts';
import type { Actor } from '../auth.ts';
import { GitHubApiError, notFound } from '../errors.ts';
import type { Repo } from '../model.ts';
import { findRepo, type World } from '../world.ts';

export interface Env {
  Variables: { actor: Actor };
  Bindings: HttpBindings;
}

export type Ctx = Context<Env>;

/** The repository of the path. @throws 404 when there is none or the sender may not see it. */
export function repoOf(world: World, c: Ctx): Repo {
  const repo = findRepo(world, `${c.req.param('owner')}/${c.req.param('repo')}`);
  if (!repo || !canRead(repo, c.var.actor)) throw notFound();
  return repo;
}

/** A number of the path. @throws 404 when it is none. */
export function numberOf(c: Ctx, name: string): number {
  const value = Number(c.req.param(name));
  if (!Number.isInteger(value)) throw notFound();
  return value;
}

export type Body = Record<string, unknown>;

/** The JSON body; an empty one is {}. @throws 400 when it does not parse. */
export async function bodyOf(c: Ctx): Promise<Body> {
  const text = await c.req.text();
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Body) : {};
  } catch {
    throw new GitHubApiError(400, 'Problems parsing JSON');
  }
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function texts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((item) =>
    typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : String(item),
  );
}

/** The page the query asks for, with GitHub's `Link` header when there are more. */
export function page<T>(world: World, c: Ctx, items: T[], standard = 30): T[] {
  const size = clamp(c.req.query('per_page'), standard, 100);
  const current = clamp(c.req.query('page'), 1, 1_000_000);
  const last = Math.max(1, Math.ceil(items.length / size));
  const url = new URL(c.req.url);
  const to = (target: number, rel: string) => {
    url.searchParams.set('page', String(target));
    return `<${world.url}${url.pathname}${url.search}>; rel="${rel}"`;
  };
  const links = [
    ...(current > 1 ? [to(current - 1, 'prev'), to(1, 'first')] : []),
    ...(current < last ? [to(current + 1, 'next'), to(last, 'last')] : []),
  ];
  if (links.length > 0) c.header('link', links.join(', '));
  return items.slice((current - 1) * size, current * size);
}

function clamp(value: string | undefined, standard: number, max: number): number {
  const number = Number(value);
  return value && Number.isInteger(number) && number > 0 ? Math.min(number, max) : standard;
}
