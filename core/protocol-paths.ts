/**
 * Where the worker finds what, relative to the broker's root; the types are in protocol.ts. Apart from it, so that a
 * worker can ask before it has loaded the schemas.
 */
export const paths = {
  /** GET: the `Job`. */
  job: '/v1/job',
  /** POST `EventBatch`: idempotent by `seq`; an empty batch is the heartbeat. Answers `Steering`. */
  events: '/v1/events',
  /** GET `?wait=SECONDS`: long poll, answers `Steering` as soon as there is some. */
  steering: '/v1/steering',
  /** GET: session entries as JSON lines; POST: an array of entries, idempotent by their `uuid`. */
  session: '/v1/session',
  /** POST `Result`: once; repeats with the same body are answered alike. */
  result: '/v1/result',
  /** GET `/ID`: the bytes of a file of the job or of a steering item. POST `?name=NAME`: hands a file over; see `handOver`. */
  files: '/v1/files',
  /** Anthropic Messages API. */
  model: '/anthropic',
  /** Git smart HTTP: `/git/OWNER/NAME.git`. */
  git: '/git',
} as const;
