import { ApiError } from './api-error.ts';

/** The models that exist here; any other is `not_found_error`, as with the real API. */
const MODELS = [
  { id: 'claude-opus-5-5', display_name: 'Claude Opus 5.5', line: 'opus', max_tokens: 128_000 },
  { id: 'claude-sonnet-5-5', display_name: 'Claude Sonnet 5.5', line: 'sonnet', max_tokens: 128_000 },
  { id: 'claude-haiku-5-5', display_name: 'Claude Haiku 5.5', line: 'haiku', max_tokens: 64_000 },
].map((model) => ({
  type: 'model',
  ...model,
  created_at: '2026-09-01T00:00:00Z',
  lifecycle: 'active',
  deprecated_at: null,
  retires_at: null,
  max_input_tokens: 1_000_000,
  capabilities: null,
}));

type Model = (typeof MODELS)[number];

/** Throws 404 for a model that does not exist. */
export function findModel(id: string): Model {
  const model = MODELS.find((candidate) => candidate.id === id);
  if (!model) throw new ApiError('not_found_error', `model: ${id}`);
  return model;
}

/** The one page of `GET /v1/models`. */
export function listModels(): object {
  return { data: MODELS, has_more: false, first_id: MODELS[0]?.id ?? null, last_id: MODELS.at(-1)?.id ?? null };
}
