import type { Hono } from 'hono';
import { requiresAuthentication } from '../errors.ts';
import { bodyOf, type Env, text } from '../routes/context.ts';
import type { World } from '../world.ts';
import { GraphqlSyntaxError, parseQuery } from './parse.ts';
import { GraphqlError, project, rootOf } from './resolve.ts';

/** GraphQL as far as it is needed: pull request drafts, review threads, the viewer. Errors come with status 200, as on GitHub. */
export function graphqlRoute(root: Hono<Env>, world: World): void {
  root.post('/api/graphql', async (c) => {
    const { user } = c.var.actor;
    if (!user) throw requiresAuthentication();
    const body = await bodyOf(c);
    const variables =
      typeof body.variables === 'object' && body.variables !== null ? (body.variables as Record<string, unknown>) : {};
    try {
      const fields = parseQuery(text(body.query) ?? '', variables);
      const data = await project(rootOf(world, c.var.actor, user), fields);
      return c.json({ data });
    } catch (error) {
      if (error instanceof GraphqlError) {
        const { type, path, message } = error;
        return c.json({
          data: path ? { [path]: null } : null,
          errors: [{ ...(type ? { type } : {}), ...(path ? { path: [path] } : {}), message }],
        });
      }
      if (error instanceof GraphqlSyntaxError)
        return c.json({ errors: [{ message: `Parse error: ${error.message}` }] });
      throw error;
    }
  });
}
