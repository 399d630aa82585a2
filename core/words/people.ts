import type { Doc } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { Deed, Role } from '../domain/policy.ts';
import { headline, plain } from './text.ts';
import { span } from './time.ts';

/** What somebody unknown reads: the code an owner can let them in with, or that they must ask for one in private. */
export const stranger = (code: string | null): Doc => ({
  text: code
    ? `I don't know you yet. Tell an owner this code: **${code}** (good for 1 hour). Nothing else I can do until then.`
    : "I don't know you yet. Write to me directly and I give you a code that lets an owner add you.",
});

/** The same, asked again too soon for another code. */
export const strangerAgain: Doc = {
  text: "I don't know you yet. You have a code already: tell an owner the last one that I gave you. A new one can be had in 10 minutes.",
};

/** What a place reads where an answer would be read by everybody, when it was given in private. */
export const answeredInDm: Doc = { text: 'I answered you in private.' };

/** The same, when the person cannot be written to. */
export const writeFirst: Doc = { text: 'I answer that in private only. Write to me there first, then ask again.' };

/** The answer to what has neither words nor a file. */
export const unreadable: Doc = {
  text: 'There is nothing in that message that I can read: say it in words, or attach an image, a text or a PDF.',
};

const deeds: Record<Deed, string> = {
  chat: 'talk to me',
  view: 'see tasks',
  propose: 'propose tasks',
  confirm: 'start tasks',
  approve: 'approve plans',
  answer: 'answer questions',
  steer: 'steer tasks',
  cancel: 'cancel tasks',
  administer: 'manage people and projects',
};

/** The answer to a person whose role does not reach for what they tried. */
export const notAllowed = (deed: Deed): Doc => ({
  text: `You can't ${deeds[deed]} with your role, so nothing changed. An owner can give you ${deed === 'administer' ? 'the owner' : 'a member'} role.`,
});

/** The answer to a person who has a card before them that belongs to a project which is not theirs. Names nothing of it. */
export const notTheirs: Doc = {
  text: "That belongs to a project that you can't use, so nothing changed. An owner can give it to you.",
};

/** The answer to who asked for the work, in a project where somebody else has to start and approve it. */
export const notOwn = (deed: Deed): Doc => ({
  text: `You asked for this yourself, and this project wants somebody else to ${deed === 'confirm' ? 'start it' : 'approve it'}, so nothing changed.`,
});

/** The answer to the number of a task that is not there, or not there for this reader. */
export const noTask = (task: TaskNumber, someProjects: boolean): string =>
  someProjects ? `There is no task #${task} in your projects.` : `There is no task #${task}.`;

/** The first message to an owner. */
export const welcomeOwner = (name: string): Doc => ({
  text: `You are an owner now, ${plain(headline(name))}. Add a repository with \`project add owner/repo\`, or tell me what to work on.`,
});

/** The answer to who writes as a group or channel: nobody can tell which person that is. */
export const anonymous: Doc = {
  text: "You write as the group or a channel, so I can't tell who you are, and nothing was decided. Say it again as yourself; administrators turn off *Remain anonymous* in their rights.",
};
/** What a person reads who wants to join another account of theirs. */
export const linkCode = (code: string, lifeMs: number): Doc => ({
  text: `Your code: **${code}** (good for ${span(lifeMs)}, once). Write it to me in a direct message from your other account, and that account is you too.`,
});

/** The way to the web page, for one person. */
export const signInLink = (url: string, lifeMs: number): Doc => ({
  text: `Your way to the page, good for ${span(lifeMs)} and once. It is yours alone: don't pass it on.`,
  buttons: [[{ label: 'Open the page', url, style: 'primary' }]],
});

/** The first message to an account that was joined to a person. */
export const welcomeAccount = (name: string): Doc => ({
  text: `This account is ${plain(headline(name))} now: the same tasks, the same inbox.`,
});

/** The same for every code that is not good, so that guessing tells nothing. */
export const badCode: Doc = { text: 'That code is wrong, used or expired.' };

export const tooManyCodes: Doc = { text: 'Those were too many codes. Try again in 10 minutes.' };

/** The answer to a good code that is entered on an account which has a person already. */
export const alreadySomebody = (name: string, isSelf: boolean): Doc => ({
  text: isSelf
    ? 'That is your own code. Enter it on the account that shall be joined.'
    : `This account belongs to ${plain(headline(name))} already, so it was not joined. An owner has to remove it there first.`,
});

/** What an owner reads who let somebody in. */
export const admitted = (name: string, role: Role, isForeign: boolean): Doc => ({
  text: `${plain(headline(name))}${isForeign ? ', from another workspace,' : ''} is ${article(role)} ${role} now.`,
});

const article = (role: Role): string => (role === 'owner' ? 'an' : 'a');
