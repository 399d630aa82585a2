import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, openFixture, repo } from '../fixture.ts';
import { parseQuery } from './parse.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  const { sim, octokit } = fixture;
  await sim.createRepo('acme/web', { files: { 'a.txt': 'one\n' } });
  const ana = sim.person('ana', { permission: 'write' });
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  await octokit.rest.pulls.create({ ...repo, title: 'Fix', head: 'fix', base: 'main' });
  const first = await ana.reviewComment('acme/web', 1, { path: 'a.txt', line: 1, body: 'Why?' });
  ana.replyToReviewComment('acme/web', 1, first.id, 'Well?');
  await ana.reviewComment('acme/web', 1, { path: 'a.txt', line: 1, body: 'And this?' });
});
afterAll(() => fixture.close());

const threads = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      id
      threads: reviewThreads(first: 1, after: $after) {
        nodes { id isResolved comments(first: 50) { nodes { databaseId body author { login } } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

interface Threads {
  repository: {
    pullRequest: {
      id: string;
      threads: {
        nodes: {
          id: string;
          isResolved: boolean;
          comments: { nodes: { body: string; author: { login: string } }[] };
        }[];
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
      };
    };
  };
}

test('review threads come page by page and can be resolved', async () => {
  const { octokit } = fixture;
  const ask = async (after: string | null) =>
    (await octokit.graphql<Threads>(threads, { ...repo, number: 1, after })).repository.pullRequest.threads;
  const first = await ask(null);
  expect(first.nodes[0]?.comments.nodes).toMatchObject([{ body: 'Why?', author: { login: 'ana' } }, { body: 'Well?' }]);
  const second = await ask(first.pageInfo.endCursor);
  expect(second).toMatchObject({ nodes: [{ isResolved: false }], pageInfo: { hasNextPage: false } });
  const id = first.nodes[0]?.id;
  const resolved = await octokit.graphql(
    'mutation($id: ID!) { done: resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }',
    { id },
  );
  expect(resolved).toEqual({ done: { thread: { isResolved: true } } });
  expect((await ask(null)).nodes[0]?.isResolved).toBe(true);
});

test('a pull request becomes a draft and ready again', async () => {
  const { octokit } = fixture;
  const { data: pr } = await octokit.rest.pulls.get({ ...repo, pull_number: 1 });
  const set = (mutation: string) =>
    octokit.graphql(
      `mutation { ${mutation}(input: {pullRequestId: "${pr.node_id}"}) { pullRequest { isDraft ... on PullRequest { state } } } }`,
    );
  expect(await set('convertPullRequestToDraft')).toEqual({
    convertPullRequestToDraft: { pullRequest: { isDraft: true, state: 'OPEN' } },
  });
  expect(await set('markPullRequestReadyForReview')).toMatchObject({
    markPullRequestReadyForReview: { pullRequest: { isDraft: false } },
  });
});

test('errors come as GraphQL errors', async () => {
  const { octokit } = fixture;
  expect(await octokit.graphql('{ viewer { login } }')).toEqual({ viewer: { login: 'mainloop-bot' } });
  const failing = (query: string) => octokit.graphql(query);
  await expect(failing('{ viewer { shoeSize } }')).rejects.toThrow("Field 'shoeSize' doesn't exist on type 'User'");
  await expect(
    failing('mutation { resolveReviewThread(input: {threadId: "PRRT_x"}) { thread { id } } }'),
  ).rejects.toThrow('Could not resolve to a node');
  await expect(failing('{ repository(owner: "acme", name: "none") { id } }')).rejects.toThrow(
    'Could not resolve to a Repository',
  );
  const stranger = fixture.as(fixture.sim.person('stranger').token);
  const { data: pr } = await octokit.rest.pulls.get({ ...repo, pull_number: 1 });
  const mutation = `mutation { convertPullRequestToDraft(input: {pullRequestId: "${pr.node_id}"}) { clientMutationId } }`;
  await expect(stranger.graphql(mutation)).rejects.toMatchObject({ errors: [{ type: 'FORBIDDEN' }] });
});

test('arguments of all kinds are read', () => {
  const [field] = parseQuery(
    'query Q($a: [ID!]! = ["x"]) { # words\n f(a: $a, b: [1, -2], c: {d: "q\\"", e: ENUM}, g: null, h: true) }',
    { a: ['1'] },
  );
  expect(field?.arguments).toEqual({ a: ['1'], b: [1, -2], c: { d: 'q"', e: 'ENUM' }, g: null, h: true });
});
