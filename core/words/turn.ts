import type { Doc } from '../domain/chat.ts';
import { plain, quote } from './text.ts';

/** What a person reads when the model would not answer. */
export const modelRefused =
  'The model refused to answer that. Nothing was started. Say it in other words, or leave out what it may have stumbled over.';

/** What follows an answer that the model could not finish in one message. */
/** A person stopped the answer. */
export const answerStopped = '_Stopped._';

export const answerCut = 'The answer ended at its longest length here. Say "go on" for the rest.';

/** A wish given as a command, shown where it is answered. */
export const askedBy = (name: string, text: string): string => `**${plain(name)}** wants:\n${quote(plain(text))}`;

/** The answer to a wish given as a command, where an answer is waited for: the real one comes under the wish. */
export const answeredIn = (link: string | null): Doc => ({
  text: link ? `I answer [here](${link}).` : 'I answer below.',
});
