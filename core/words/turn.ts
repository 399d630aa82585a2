import type { Doc } from '../domain/chat.ts';
import { plain, quote } from './text.ts';
import { span } from './time.ts';

/** What a person reads when the model would not answer. */
export const modelRefused =
  'The model refused to answer that. Nothing was started. Say it in other words, or leave out what it may have stumbled over.';

/** A person stopped the answer. */
export const answerStopped = '_Stopped._';

/** What follows an answer that the model could not finish in one message. */
export const answerCut = 'The answer ended at its longest length here. Say "go on" for the rest.';

/** Said before an answer that comes late: nobody was there to hear, or much else came first. */
export const comesLate = ({ ms, away }: { readonly ms: number; readonly away: boolean }): string =>
  away ? `_I was away when you wrote this, ${span(ms)} ago._` : `_This comes late: you wrote it ${span(ms)} ago._`;

/** A wish given as a command, shown where it is answered. */
export const askedBy = (name: string, text: string): string => `**${plain(name)}** wants:\n${quote(plain(text))}`;

/** The answer to a wish given as a command, where an answer is waited for: the real one comes under the wish. */
export const answeredIn = (link: string | null): Doc => ({
  text: link ? `I answer [here](${link}).` : 'I answer below.',
});
