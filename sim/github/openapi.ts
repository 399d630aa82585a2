/** Test helper: holds the sim's answers against GitHub's own API description. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;

interface Operation {
  pattern: RegExp;
  /** Segments without placeholder: of two templates that match, the one with more of them is meant. */
  fixed: number;
  template: string;
  methods: Json;
}

export interface OpenApi {
  /** What is wrong with an answer; empty when nothing is. `path` is below the API base, without query. */
  problems(method: string, path: string, status: number, contentType: string, body: unknown): string[];
  /** What is wrong with a webhook's payload. */
  webhookProblems(event: string, payload: Record<string, unknown>): string[];
  /** A `fetch` that holds every answer below `apiUrl` against the description and throws when it does not fit. */
  fetch(apiUrl: string): typeof fetch;
  /** Operations seen so far, as `GET /repos/{owner}/{repo} 200`. */
  seen: Set<string>;
}

const ROOT = 'github';

/** Reads the description of api.github.com (13 MB); schemas are compiled when they are first needed. */
export function loadOpenApi(): OpenApi {
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
  const document: Json = JSON.parse(readFileSync(file, 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  for (const format of ['timestamp', 'repo.nwo']) ajv.addFormat(format, true);
  ajv.addSchema(nullableToUnion({ $id: ROOT, components: document.components }) as Json);
  const operations = Object.entries(document.paths as Record<string, Json>).map(([template, methods]) =>
    toOperation(template, methods),
  );
  const compiled = new Map<unknown, ValidateFunction>();
  const seen = new Set<string>();
  const dereference = (value: unknown): Json => {
    const ref = (value as Json | undefined)?.$ref;
    if (typeof ref !== 'string') return (value ?? {}) as Json;
    return ref
      .slice(2)
      .split('/')
      .reduce<Json>((node, key) => node[key] as Json, document);
  };
  const check = (schema: unknown, body: unknown, where: string): string[] => {
    const validate = compiled.get(schema) ?? ajv.compile(absolute(nullableToUnion(schema)) as Json);
    compiled.set(schema, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      (error) => `${where}: ${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`,
    );
  };
  const problems: OpenApi['problems'] = (method, path, status, contentType, body) => {
    const operation = operations.filter(({ pattern }) => pattern.test(path)).sort((a, b) => b.fixed - a.fixed)[0];
    const described = operation?.methods[method.toLowerCase()] as Json | undefined;
    if (!operation || !described) return status === 404 ? [] : [`${method} ${path}: GitHub has no such operation`];
    const where = `${method} ${operation.template} ${status}`;
    seen.add(where);
    // Any GET may be answered so when it was conditional; the description says it of a few only.
    if (status === 304) return [];
    const response = (described.responses as Json)[String(status)];
    if (!response)
      return status < 400
        ? [`${where}: GitHub does not answer so`]
        : check({ $ref: '#/components/schemas/basic-error' }, body, where);
    const content = dereference(response).content as Json | undefined;
    if (!content || !contentType.includes('json')) return [];
    const media = (content['application/json'] ?? Object.values(content)[0]) as Json;
    return check(media.schema, body, where);
  };
  const webhookProblems: OpenApi['webhookProblems'] = (event, payload) => {
    const name = [event, payload.action].filter(Boolean).join('-').replaceAll('_', '-');
    const described = (document['x-webhooks'] as Json)[name] as { post: { requestBody: Json } } | undefined;
    if (!described) return [`webhook ${name}: GitHub has no such event`];
    const media = (described.post.requestBody.content as Record<string, Json>)['application/json'];
    return check(media?.schema, payload, `webhook ${name}`);
  };
  return { problems, webhookProblems, seen, fetch: (apiUrl) => checkedFetch(apiUrl, problems) };
}

function checkedFetch(apiUrl: string, problems: OpenApi['problems']): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    if (!url.href.startsWith(apiUrl) || response.status >= 500 || response.redirected) return response;
    const contentType = response.headers.get('content-type') ?? '';
    const body = contentType.includes('json') ? await response.clone().json() : undefined;
    const path = url.pathname.slice(new URL(apiUrl).pathname.length);
    const found = problems(init?.method ?? 'GET', path, response.status, contentType, body);
    if (found.length > 0) throw new Error(`not what GitHub answers:\n${found.slice(0, 20).join('\n')}`);
    return response;
  };
}

function toOperation(template: string, methods: Json): Operation {
  const segments = template.split('/');
  const pattern = segments.map((segment) => {
    if (!segment.includes('{')) return segment.replace(/[.+]/g, '\\$&');
    // These two take slashes.
    return /^\{(path|ref)\}$/.test(segment) && segment === segments.at(-1)
      ? '.*'
      : segment.replace(/\{[^}]+\}/g, '[^/]+');
  });
  return {
    template,
    methods,
    pattern: new RegExp(`^${pattern.join('/')}$`),
    fixed: segments.filter((segment) => !segment.includes('{')).length,
  };
}

/** GitHub's description errs once: an installation's account is said to be a user and an enterprise at the same time. */
function correctOwner(schema: Json): Json {
  const { allOf, ...rest } = schema;
  const titles = Array.isArray(allOf) ? allOf.map((part: Json) => part.title) : [];
  return titles.includes('Simple User') && titles.includes('Enterprise') ? { ...rest, anyOf: allOf } : schema;
}

/** OpenAPI 3.0 says `nullable`, JSON Schema says "or null". */
function nullableToUnion(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullableToUnion);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, example: _, examples: __, ...rest } = correctOwner(value as Json);
  const result = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, nullableToUnion(item)]));
  // A property may itself be named "nullable"; then it is an object and not a flag.
  if (typeof nullable === 'object' && nullable !== null) return { ...result, nullable: nullableToUnion(nullable) };
  return nullable === true ? { anyOf: [result, { type: 'null' }] } : result;
}

/** References of a schema outside the document point into it. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? `${ROOT}${item}` : absolute(item),
    ]),
  );
}
