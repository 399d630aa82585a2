import { type DestinationStream, type Logger, pino } from 'pino';

const hidden = '[hidden]';
/** Shapes of tokens that no setting names: GitHub's and Slack's minted ones, bearer headers, passwords in addresses. */
const shapes =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|sk-ant-[\w-]{10,})|(?<=\b[Bb]earer )[\w.~+/=-]{8,}|(?<=:\/\/[^/\s:@]*:)[^/\s@]+(?=@)/g;

export interface LogOptions {
  readonly level: string;
  /** Masked wherever they appear in a line. */
  readonly secrets: readonly string[];
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** The root logger: JSON lines without secrets. Parts take `log.child({ part: 'slack' })`. */
export function createLog({ level, secrets, destination = pino.destination(1) }: LogOptions): Logger {
  const mask = masker(secrets);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: told, error: told },
      redact: { paths: ['*.authorization', '*.headers.authorization', '*.token', 'token'], censor: hidden },
    },
    { write: (line) => destination.write(mask(line)) },
  );
}

/** What an error says, without what else libraries hang on it: requests with their cookies, responses, query parameters. */
function told(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return {
    name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause: told(cause) }),
  };
}

/** Replaces every known secret and everything that looks like a token. Works on text and on JSON lines. */
export function masker(secrets: readonly string[]): (text: string) => string {
  // As they are, and as a JSON string spells them; the longest first, so that no secret's end survives.
  const spellings = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) =>
    spellings.reduce((masked, secret) => masked.replaceAll(secret, hidden), text).replace(shapes, hidden);
}
