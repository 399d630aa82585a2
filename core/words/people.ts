import type { Doc } from '../domain/chat.ts';
import type { Deed } from '../domain/policy.ts';
import { headline, plain } from './text.ts';

/** What somebody unknown reads: the code an owner can let them in with, or that they must ask for one in private. */
export const stranger = (code: string | null): Doc => ({
  text: code
    ? `I don't know you yet. Tell an owner this code: **${code}** (good for 1 hour). Nothing else I can do until then.`
    : "I don't know you yet. Write to me directly and I give you a code that lets an owner add you.",
});

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

/** The first message to an owner. */
export const welcomeOwner = (name: string): Doc => ({
  text: `You are an owner now, ${plain(headline(name))}. Add a repository with \`project add owner/repo\`, or tell me what to work on.`,
});

/** The answer to who writes as a group or channel: nobody can tell which person that is. */
export const anonymous: Doc = {
  text: "You write as the group or a channel, so I can't tell who you are, and nothing was decided. Say it again as yourself; administrators turn off *Remain anonymous* in their rights.",
};
