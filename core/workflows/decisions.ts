import type { Answer } from '../domain/ask.ts';
import { usable } from '../domain/file.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { type Deed, may, type Person } from '../domain/policy.ts';
import { doubleTapMs } from '../domain/proposal.ts';
import { isFinal } from '../domain/task.ts';
import type { Ask } from '../store/asks.ts';
import { answerWords } from '../words/ask.ts';
import { attachedToAnswer } from '../words/files.ts';
import { notAllowed } from '../words/people.ts';
import type { Deps } from './deps.ts';

/** Who decides, and where. */
export interface Actor {
  readonly person: Person | null;
  readonly name: string;
  readonly platform: string;
  /** Names the deed in the history: the inbound's own id. */
  readonly origin: string;
}

/** What came of a decision: something to say to the one who made it (null: the card says it), and a task to start. */
export interface Decided {
  readonly say: string | null;
  readonly start: TaskNumber | null;
}

const nothing: Decided = { say: null, start: null };
const say = (text: string): Decided => ({ say: text, start: null });

/** Everything people decide, whatever they used to say so. Each is checked against the policy and written to the history. */
export const createDecisions = (deps: Deps) => {
  const { store, presenter } = deps;

  /** Null when allowed; what to say when not. */
  const refuse = (actor: Actor, deed: Deed): Decided | null =>
    may(actor.person, deed) ? null : say(notAllowed(deed).text);

  const note = (actor: Actor, subject: string, type: string, data: Record<string, unknown> = {}) =>
    store.history.add({
      key: `${actor.origin}:${type}:${subject}`,
      at: Date.now(),
      actor: actor.name,
      subject,
      type,
      data: { ...data, platform: actor.platform, person: actor.person?.id ?? null },
    });

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
    const refused = refuse(actor, deed);
    if (refused) return refused;
    const { changed } = await store.proposals.close(id, state, actor.name, Date.now());
    if (changed) await note(actor, `proposal:${id}`, state);
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

  return {
    async confirm(id: number, actor: Actor, planFirst?: boolean): Promise<Decided> {
      const refused = refuse(actor, 'confirm');
      if (refused || !actor.person) return refused ?? nothing;
      const { proposal, changed } = await store.proposals.confirm(
        id,
        { person: actor.person.id, name: actor.name },
        Date.now(),
        planFirst,
      );
      presenter.touch(`proposal:${id}`);
      if (changed) await note(actor, `task:${proposal.task}`, 'confirmed', { proposal: id });
      // Started again on a repeat: the start is idempotent, and a crash may have come between the two.
      return proposal.state === 'confirmed' ? { say: null, start: proposal.task } : nothing;
    },

    decline: (id: number, actor: Actor): Promise<Decided> => closeProposal(id, 'declined', actor, 'confirm'),

    /** Another proposal takes this one's place, because a person wanted it changed. */
    replace: (id: number, actor: Actor): Promise<Decided> => closeProposal(id, 'replaced', actor, 'propose'),

    /** `at`: when the person asked for it. That we hear of it later, after a restart, is not theirs to bear. */
    async undo(id: number, actor: Actor, at: number): Promise<Decided> {
      const refused = refuse(actor, 'cancel');
      if (refused) return refused;
      const decidedAt = (await store.proposals.find(id))?.decidedAt ?? 0;
      if (at - decidedAt < doubleTapMs) return nothing;
      const { proposal } = await store.proposals.undo(id, actor.name, at);
      presenter.touch(`proposal:${id}`);
      if (proposal.state !== 'undone' || proposal.task === null) {
        return proposal.task === null ? nothing : say(`It is too late to undo #${proposal.task}. Cancel it instead.`);
      }
      await note(actor, `task:${proposal.task}`, 'undone');
      await deps.tellTask(proposal.task, { type: 'cancel', by: actor.name, undone: true }, 'undo');
      return { say: null, start: proposal.task };
    },

    /** `message`: the one that says it, whose files the next worker gets. */
    async answer(id: number, answer: Answer, actor: Actor, message?: number): Promise<Decided> {
      const refused = refuse(actor, answer.type === 'approve' ? 'approve' : 'answer');
      if (refused) return refused;
      const { ask, changed } = await store.asks.answer(
        id,
        answer,
        { name: actor.name, platform: actor.platform },
        Date.now(),
      );
      if (!ask) return say('I no longer know that question.');
      presenter.touch(`ask:${id}`);
      if (changed) await note(actor, `task:${ask.task}`, 'answered', { ask: id, words: answerWords(answer) });
      const counts = changed || ask.answeredBy === actor.name;
      const files = counts ? await filesOf(message) : [];
      // Before the task hears of the answer: its next worker takes up what was said until then.
      if (files.length > 0) await keep(ask.task, attachedToAnswer, actor, files);
      const { body } = ask;
      if (body.kind === 'budget' && !body.hard) return applyWarning(ask, body.limitUsd, actor);
      // Sent again on a repeat, by the answer that counted: a crash may have come between the two.
      if (ask.answer)
        await deps.tellTask(
          ask.task,
          { type: 'answered', ask: id, answer: ask.answer, by: ask.answeredBy ?? '' },
          `answer:${id}`,
        );
      return counts ? nothing : say(`${ask.answeredBy ?? 'Somebody'} already answered that.`);
    },

    async cancel(task: TaskNumber, actor: Actor): Promise<Decided> {
      const refused = refuse(actor, 'cancel');
      if (refused) return refused;
      const found = await store.tasks.find(task);
      if (!found) return say(`There is no task #${task}.`);
      if (isFinal(found.status)) return say(`#${task} is already over.`);
      await note(actor, `task:${task}`, 'cancel_asked');
      await deps.tellTask(task, { type: 'cancel', by: actor.name, undone: false }, `cancel:${actor.origin}`);
      return say(`Stopping #${task}. Its branch stays.`);
    },

    async retry(task: TaskNumber, actor: Actor): Promise<Decided> {
      const refused = refuse(actor, 'steer');
      if (refused) return refused;
      const found = await store.tasks.find(task);
      if (!found) return say(`There is no task #${task}.`);
      if (isFinal(found.status)) return say(`#${task} is over. Say what you want and I propose it anew.`);
      if (!found.status.parked) return say(`#${task} isn't stuck: nothing to retry.`);
      await note(actor, `task:${task}`, 'retried');
      await deps.tellTask(task, { type: 'retry', by: actor.name }, `retry:${actor.origin}`);
      return say(`Trying #${task} again.`);
    },

    /** `message`: the one that asks for it, whose files go along. */
    async steer(task: TaskNumber, text: string, actor: Actor, message?: number): Promise<Decided> {
      const refused = refuse(actor, 'steer');
      if (refused) return refused;
      const found = await store.tasks.find(task);
      if (!found) return say(`There is no task #${task}.`);
      if (isFinal(found.status)) return say(`#${task} is already over.`);
      await keep(task, text, actor, await filesOf(message));
      await note(actor, `task:${task}`, 'steered', { text });
      deps.steered(task);
      return say(found.status.holder === 'worker' ? `Told #${task}'s worker.` : `#${task}'s next run will hear it.`);
    },
  };
};

export type Decisions = ReturnType<typeof createDecisions>;
