import { isDeepStrictEqual } from 'node:util';
import type { Answer } from '../domain/ask.ts';
import { usable } from '../domain/file.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { type Deed, type Refusal, seenBy } from '../domain/policy.ts';
import { doubleTapMs } from '../domain/proposal.ts';
import type { Part } from '../domain/questions.ts';
import { isFinal, type Task } from '../domain/task.ts';
import type { Ask } from '../store/asks.ts';
import { alreadyAnswered, answerWords, noLongerNeeded, nothingChosen, nothingSaid } from '../words/ask.ts';
import { attachedToAnswer } from '../words/files.ts';
import { tooLateToUnlink, unjoinMs } from '../words/join.ts';
import { noTask } from '../words/people.ts';
import { createAuthority } from './authority.ts';
import type { Deps } from './deps.ts';
import { type Actor, type Deeds, record } from './record.ts';

export type { Actor } from './record.ts';

/** What came of a decision: something to say to the one who made it (null: the card says it), and a task to start. */
export interface Decided {
  readonly say: string | null;
  readonly start: TaskNumber | null;
  /** Why policy refused it, when it did. */
  readonly refused?: Refusal;
}

const nothing: Decided = { say: null, start: null };
const say = (text: string): Decided => ({ say: text, start: null });

/** Everything people decide, whatever they used to say so. Each is checked against the policy and written to the history. */
export const createDecisions = (deps: Deps) => {
  const { store, presenter } = deps;
  const { rule } = createAuthority(deps);
  const note = (actor: Actor, deeds: Deeds) => record(store, actor, deeds);

  /** The task that a person may do this to; else what to say. A task that is not theirs is as one that is not there. */
  const taskFor = async (
    number: TaskNumber,
    deed: Deed,
    actor: Actor,
  ): Promise<{ task: Task; told: null } | { task: null; told: Decided }> => {
    const { person, refused } = await rule(actor, deed, null);
    if (refused) return { task: null, told: refused };
    const task = await store.tasks.find(number);
    const ruling = task && (await rule(actor, deed, { repo: task.repo }));
    if (task && ruling?.refused === null) return { task, told: null };
    return { task: null, told: say(noTask(number, seenBy(person) !== null)) };
  };

  /** The files of a message that a worker can use. */
  const filesOf = async (message: number | undefined): Promise<number[]> =>
    message === undefined ? [] : usable((await store.files.of([message])).get(message) ?? []);

  /** Keeps what the task's worker shall hear. */
  const keep = (task: TaskNumber, text: string, actor: Actor, files: readonly number[]) =>
    store.worker.steer({
      origin: `${actor.origin}:${task}`,
      task,
      author: actor.name,
      text,
      files,
      at: Date.now(),
    });

  const closeProposal = async (
    id: number,
    state: 'declined' | 'replaced',
    actor: Actor,
    deed: Deed,
  ): Promise<Decided> => {
    const found = await store.proposals.find(id);
    const { refused } = await rule(actor, deed, found && { repo: found.repo });
    if (refused || !found) return refused ?? unknownProposal;
    const { proposal } = await store.proposals.close(id, state, actor.name, Date.now());
    // Also on a repeat: a crash may have come between the two.
    if (proposal.state === state && proposal.decidedBy === actor.name)
      await note(actor, { subject: `proposal:${id}`, type: state, key: `${state}:proposal:${id}` });
    presenter.touch(`proposal:${id}`);
    return nothing;
  };

  /** The worker did not wait for this one, so it is applied at once. */
  const applyWarning = async (ask: Ask, limitUsd: number, actor: Actor): Promise<Decided> => {
    if (ask.answer?.type === 'raise') await store.tasks.allow(ask.task, limitUsd + ask.answer.usd);
    if (ask.answer?.type === 'drop') {
      await deps.tellTask(ask.task, { type: 'cancel', by: actor.name, undone: false }, `answer:${ask.id}`);
    }
    return nothing;
  };

  const keepFiles = async ({ task }: Ask, message: number | undefined, actor: Actor): Promise<void> => {
    const files = await filesOf(message);
    if (files.length > 0) await keep(task, attachedToAnswer, actor, files);
  };

  const refusedAnswer = async (id: number, deed: 'answer' | 'approve', actor: Actor): Promise<Decided | null> => {
    const about = await store.asks.find(id);
    const task = about && (await store.tasks.get(about.task));
    const proposer = (about && (await store.proposals.ofTask(about.task)))?.proposer ?? null;
    return (await rule(actor, deed, task && { repo: task.repo, proposer })).refused;
  };

  /** What follows from an answer, the first or a later one. */
  const settled = async (
    id: number,
    ask: Ask | null,
    /** It was this that answered it, now or when it was heard for the first time. */
    counts: boolean,
    actor: Actor,
    message: number | undefined,
  ): Promise<Decided> => {
    if (!ask) return say('I no longer know that question.');
    // Before the task hears of the answer: its next worker takes up what was said until then.
    if (counts) await keepFiles(ask, message, actor);
    presenter.touch(`ask:${id}`);
    // Also on a repeat, since a crash may have come between the two; an ask is answered once.
    if (ask.answer && ask.answeredBy === actor.name) {
      const data = { ask: id, kind: ask.kind, words: answerWords(ask.answer) };
      await note(actor, { subject: `task:${ask.task}`, type: 'answered', key: `answered:ask:${id}`, data });
    }
    const { body } = ask;
    if (body.kind === 'budget' && !body.hard) return applyWarning(ask, body.limitUsd, actor);
    // Sent again on a repeat, by the answer that counted: a crash may have come between the two.
    if (ask.answer)
      await deps.tellTask(
        ask.task,
        { type: 'answered', ask: id, answer: ask.answer, by: ask.answeredBy ?? '' },
        `answer:${id}`,
      );
    if (counts) return nothing;
    return say(ask.state === 'withdrawn' ? noLongerNeeded : alreadyAnswered(ask, actor.name));
  };

  return {
    async confirm(id: number, actor: Actor, planFirst?: boolean): Promise<Decided> {
      const found = await store.proposals.find(id);
      const { person, refused } = await rule(actor, 'confirm', found);
      if (refused || !found) return refused ?? unknownProposal;
      const { proposal } = await store.proposals.confirm(
        id,
        { person: person.id, name: actor.name },
        Date.now(),
        planFirst,
      );
      presenter.touch(`proposal:${id}`);
      if (proposal.state === 'confirmed' && proposal.decidedBy === actor.name)
        await note(actor, { subject: `task:${proposal.task}`, type: 'confirmed', key: `confirmed:proposal:${id}` });
      // Started again on a repeat: the start is idempotent, and a crash may have come between the two.
      return proposal.state === 'confirmed' ? { say: null, start: proposal.task } : nothing;
    },

    decline: (id: number, actor: Actor): Promise<Decided> => closeProposal(id, 'declined', actor, 'confirm'),

    /** Another proposal takes this one's place, because a person wanted it changed. */
    replace: (id: number, actor: Actor): Promise<Decided> => closeProposal(id, 'replaced', actor, 'propose'),

    /** `at`: when the person asked for it. That we hear of it later, after a restart, is not theirs to bear. */
    async undo(id: number, actor: Actor, at: number): Promise<Decided> {
      const found = await store.proposals.find(id);
      const { refused } = await rule(actor, 'cancel', found && { repo: found.repo });
      if (refused || !found) return refused ?? unknownProposal;
      if (at - (found.decidedAt ?? 0) < doubleTapMs) return nothing;
      const { proposal } = await store.proposals.undo(id, actor.name, at);
      presenter.touch(`proposal:${id}`);
      if (proposal.state !== 'undone' || proposal.task === null) {
        return proposal.task === null ? nothing : say(`It is too late to undo #${proposal.task}. Cancel it instead.`);
      }
      await note(actor, { subject: `task:${proposal.task}`, type: 'undone', key: `undone:proposal:${id}` });
      await deps.tellTask(proposal.task, { type: 'cancel', by: actor.name, undone: true }, 'undo');
      return { say: null, start: proposal.task };
    },

    /** `message`: the one that says it, whose files the next worker gets. */
    async answer(id: number, answer: Answer, actor: Actor, message?: number): Promise<Decided> {
      const refused = await refusedAnswer(id, answer.type === 'approve' ? 'approve' : 'answer', actor);
      if (refused) return refused;
      const { ask, changed } = await store.asks.answer(
        id,
        answer,
        { name: actor.name, platform: actor.platform },
        Date.now(),
      );
      // The same answer by the same person is a second touch, or the first heard again.
      const isRepeat = ask?.answeredBy === actor.name && isDeepStrictEqual(ask.answer, answer);
      return settled(id, ask, changed || isRepeat, actor, message);
    },

    /** Part of the answer to an ask of questions; what completes it is an answer as any other. */
    async reply(id: number, parts: readonly Part[], actor: Actor, message?: number): Promise<Decided> {
      const refused = await refusedAnswer(id, 'answer', actor);
      if (refused) return refused;
      const by = { name: actor.name, platform: actor.platform, origin: actor.origin };
      const { ask, changed, problem } = await store.asks.reply(id, parts, by, Date.now());
      if (problem) {
        presenter.touch(`ask:${id}`);
        return say(problem === 'early' ? nothingChosen : nothingSaid);
      }
      const isRepeat = ask?.draft?.deeds.includes(actor.origin) ?? false;
      if (ask?.state !== 'open') return settled(id, ask, changed || isRepeat, actor, message);
      await keepFiles(ask, message, actor);
      presenter.touch(`ask:${id}`);
      return nothing;
    },

    async cancel(task: TaskNumber, actor: Actor): Promise<Decided> {
      const { task: found, told } = await taskFor(task, 'cancel', actor);
      if (told) return told;
      if (isFinal(found.status)) return say(`#${task} is already over.`);
      await note(actor, { subject: `task:${task}`, type: 'cancel_asked' });
      await deps.tellTask(task, { type: 'cancel', by: actor.name, undone: false }, `cancel:${actor.origin}`);
      return say(`Stopping #${task}. Its branch stays.`);
    },

    async retry(task: TaskNumber, actor: Actor): Promise<Decided> {
      const { task: found, told } = await taskFor(task, 'steer', actor);
      if (told) return told;
      if (isFinal(found.status)) return say(`#${task} is over. Say what you want and I propose it anew.`);
      if (!found.status.parked) return say(`#${task} isn't stuck: nothing to retry.`);
      await note(actor, { subject: `task:${task}`, type: 'retried' });
      await deps.tellTask(task, { type: 'retry', by: actor.name }, `retry:${actor.origin}`);
      return say(`Trying #${task} again.`);
    },

    /** `message`: the one that asks for it, whose files go along. */
    async steer(task: TaskNumber, text: string, actor: Actor, message?: number): Promise<Decided> {
      const { task: found, told } = await taskFor(task, 'steer', actor);
      if (told) return told;
      if (isFinal(found.status)) return say(`#${task} is already over.`);
      await keep(task, text, actor, await filesOf(message));
      await note(actor, { subject: `task:${task}`, type: 'steered', data: { text } });
      deps.steered(task);
      return say(found.status.holder === 'worker' ? `Told #${task}'s worker.` : `#${task}'s next run will hear it.`);
    },

    /**
     * A person takes back that an account became theirs, on a card that is a day old at most. `at`: when they touched it.
     * What was joined through that account goes with it.
     */
    async unlink(id: number, actor: Actor, at: number): Promise<Decided> {
      const { person, refused } = await rule(actor, 'view', null);
      if (refused) return refused;
      const join = await store.joins.find(id);
      if (!join || join.person !== person.id) return say('That button is not yours.');
      if (at > join.at + unjoinMs) return say(tooLateToUnlink);
      const accounts = await store.joins.undo(id, Date.now());
      // Who joined it may have signed in on the web page too.
      await store.sessions.closeAll(person.id);
      await store.codes.revoke({
        holders: [`person:${person.id}`, `signin:${person.id}`, ...accounts.map((key) => `account:${key}`)],
      });
      const data = { accounts };
      await note(actor, { subject: `person:${person.id}`, type: 'unlinked', key: `unlinked:join:${id}`, data });
      presenter.touch(`join:${id}`);
      return nothing;
    },
  };
};

const unknownProposal = say('I no longer know that proposal.');

export type Decisions = ReturnType<typeof createDecisions>;
