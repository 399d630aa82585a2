import { attachedLimits, type FileInfo, type FileProblem, type OutFile } from '../domain/file.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { code, headline, listed, plain } from './text.ts';

/** Names shown of many files; the rest are counted. */
const shown = 3;

/** A size as a person says it: `12 kB`, `3.4 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What people read about files that are not, or not wholly, of use: one line a problem, however many files. */
export function fileProblems(files: readonly FileInfo[]): string[] {
  const troubled = Map.groupBy(
    files.filter(({ problem }) => problem),
    ({ problem }) => problem,
  );
  return [...troubled].flatMap(([problem, some]) =>
    problem ? [sentences[problem](names(problem, some), some.length > 1)] : [],
  );
}

function names(problem: FileProblem, files: readonly FileInfo[]): string {
  const each = files.slice(0, shown).map((file) => {
    const about = problem === 'type' ? file.mimeType : file.detail;
    return `${fileTitle(file)}${about === '' ? '' : ` (${plain(headline(about))})`}`;
  });
  const more = files.length - each.length;
  return listed(more > 0 ? [...each, `${more} more`] : each);
}

/** A file's name as it may stand in a sentence. */
const fileTitle = ({ name }: Pick<FileInfo, 'name'>): string => code(headline(name));

const megabytes = (bytes: number): number => bytes / 1024 / 1024;

const sentences: Readonly<Record<FileProblem, (names: string, many: boolean) => string>> = {
  type: (what) => `I can't read ${what}; send text or an image.`,
  voice: (what, many) => `I can't listen to ${what}; write what ${many ? 'they say' : 'it says'}.`,
  empty: (what, many) => `${what} ${many ? 'are' : 'is'} empty.`,
  too_large: (what, many) =>
    `${what} ${many ? 'are' : 'is'} larger than ${megabytes(attachedLimits.fileBytes)} MB, the most I read; send a part of ${many ? 'them' : 'it'}.`,
  too_many: (what) =>
    `I read at most ${attachedLimits.files} files and ${megabytes(attachedLimits.messageBytes)} MB of one message; left out: ${what}.`,
  gone: (what, many) =>
    `${what} ${many ? 'were' : 'was'} gone before I could read ${many ? 'them' : 'it'}; send ${many ? 'them' : 'it'} again.`,
  unavailable: (what, many) => `I couldn't fetch ${what}; send ${many ? 'them' : 'it'} again.`,
  forbidden: (what) => `I'm not allowed to read ${what} here; \`mainloop doctor\` says what the bot lacks.`,
  image_size: (what, many) =>
    `${what} ${many ? 'are' : 'is'} too large for me to look at; a worker can. Send ${many ? 'them' : 'it'} smaller if I should see.`,
};

/** What a worker hears of files that came with an answer. */
export const attachedToAnswer = 'I attached this to my answer.';

/** What stands with a file that a worker made. */
export const handedCaption = (task: TaskNumber, file: Pick<OutFile, 'name'>): string =>
  `**#${task}** made ${fileTitle(file)}`;

export const notUploaded = (task: TaskNumber, file: Pick<OutFile, 'name'>, reason: string): string =>
  `**#${task}** made ${fileTitle(file)}, which I can't upload here: ${reason}`;
