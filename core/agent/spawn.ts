import { z } from 'zod';
import { may, type Person } from '../domain/policy.ts';
import { type Proposal, type ProposedTask, proposalLifeMs } from '../domain/proposal.ts';
import { isFinal } from '../domain/task.ts';
import type { Project } from '../store/projects.ts';
import { modelName } from '../words/names.ts';
import { notAllowed } from '../words/people.ts';
import { headline } from '../words/text.ts';
import { type Actor, record } from '../workflows/record.ts';
import { howToAdd } from './prompt.ts';
import {
  actorOf,
  type Call,
  defineTool,
  done,
  fileId,
  messageId,
  notOfThisTurn,
  proposalId,
  refused,
  type Tool,
} from './tool.ts';
import type { AssistantDeps, ToolOutcome } from './turn.ts';

type Needs = Pick<AssistantDeps, 'store' | 'host' | 'settings' | 'decisions'>;

/** Files of one task, most. */
const maxFiles = 20;

/** Thrown by a check below; its message is the outcome. */
class Unfit extends Error {}

const schema = (models: readonly string[]) =>
  z.object({
    repo: z.string().trim().optional().describe("owner/repo; the channel's project, or the only one, when left out."),
    title: z.string().trim().min(1).max(500).describe("The work in the person's own words, at most 60 characters."),
    brief: z.string().trim().min(1).max(20_000).describe('All that the worker will know besides the repository.'),
    base: z
      .string()
      .trim()
      .min(1)
      .max(255)
      .optional()
      .describe("Branch to start from; the project's own when left out."),
    model: z
      .string()
      .trim()
      .optional()
      .describe(`Only when the person names one: ${models.join(', ')}.`),
    plan: z.boolean().default(true).describe('False only when the person asks to skip the plan.'),
    replaces: proposalId.optional().describe('Id of the open proposal that this one changes.'),
    files: z
      .array(fileId)
      .max(maxFiles)
      .optional()
      .describe('Ids of files ("f12") for the worker. When left out, those that came since the last proposal.'),
    message: messageId.optional(),
  });
type Input = z.output<ReturnType<typeof schema>>;

/** Proposes a task. It only stores a proposal: there is no way from here to running work but a person's confirmation. */
export function spawnTool({ store, host, settings, decisions }: Needs): Tool {
  const models = [...new Set([settings.workerModel, settings.chatModel, settings.sideModel])];

  /** Of the projects of the one who asks; the others are as unknown as those that nobody added. */
  async function projectFor(repo: string | undefined, call: Call, person: Person | null): Promise<Project> {
    const known = (await store.projects.list()).filter((one) => may(person, 'propose', one.repo));
    const linked = repo ?? (await store.projects.linkedTo(call.turn.place)) ?? undefined;
    const named = known.find((one) => one.repo.toLowerCase() === linked?.toLowerCase());
    const project = linked ? named : known.length === 1 ? known[0] : undefined;
    if (project) return project;
    const what = linked ? `I don't know ${linked}.` : 'Several are possible: ask which one.';
    const list = known.length > 0 ? `Known: ${known.map((one) => one.repo).join(', ')}.` : 'None is known yet.';
    throw new Unfit(`repo: ${known.length > 0 || linked ? what : ''} ${list} ${howToAdd}`);
  }

  async function checkedBase({ repo, defaultBranch }: Project, base: string | undefined): Promise<string> {
    const branch = base ?? defaultBranch;
    if ((await host.head(repo, branch)) !== null) return branch;
    if (branch !== defaultBranch)
      throw new Unfit(`base: ${repo} has no branch ${branch}. Its own is ${defaultBranch}.`);
    throw new Unfit(`repo: ${repo} has no branch ${branch}; it may be empty. A first commit there makes it usable.`);
  }

  function checkedModel(model: string | undefined): string {
    if (!model) return settings.workerModel;
    const wanted = model.toLowerCase();
    const found = models.find((one) => one.toLowerCase() === wanted || modelName(one).toLowerCase() === wanted);
    if (found) return found;
    throw new Unfit(`model: ${model} is not among ${models.join(', ')}.`);
  }

  /** The only one who spoke, or the author of the message that was named, with what they may now. */
  async function proposer(message: number | undefined, call: Call): Promise<Actor> {
    const accounts = new Set(call.turn.said.map(({ account }) => account));
    const id = message ?? (accounts.size === 1 ? call.turn.said.at(-1)?.id : undefined);
    if (id === undefined) throw new Unfit('message: several people wrote; name the message that asks for this.');
    const by = actorOf(call, id);
    if (!by) throw new Unfit(notOfThisTurn(call, id).content);
    const person = by.actor.person && (await store.people.byAccount(by.actor.account));
    if (!may(person, 'propose')) throw new Unfit(`For the person: ${notAllowed('propose').text}`);
    return { ...by.actor, person };
  }

  /** What was named; else what came since the last proposal, and what went along with those that this one replaces. */
  async function filesFor(named: Input['files'], { turn }: Call, earlier: readonly Proposal[]): Promise<number[]> {
    const here = await store.files.usable(turn.conversation, named ? undefined : turn.id);
    if (!named) {
      const replaced = await store.files.linkedTo(earlier.map(({ id }) => `proposal:${id}`));
      const kept = [...replaced.values()].flat().map(({ id }) => id);
      return [...new Set([...kept, ...here])].slice(-maxFiles);
    }
    const unknown = named.filter((id) => !here.includes(id));
    if (unknown.length > 0) throw new Unfit(`files: there is no usable f${unknown.join(', f')} in this conversation.`);
    return named;
  }

  async function propose(input: Input, call: Call): Promise<ToolOutcome> {
    const actor = await proposer(input.message, call);
    const project = await projectFor(input.repo, call, actor.person);
    const proposed: ProposedTask = {
      repo: project.repo,
      base: await checkedBase(project, input.base),
      title: headline(input.title),
      brief: input.brief,
      model: checkedModel(input.model),
      planFirst: input.plan,
      budgetUsd: settings.taskBudgetUsd,
      deadlineMinutes: settings.taskDeadlineMinutes,
    };
    const { conversation, place } = call.turn;
    const open = (await store.proposals.openIn(conversation)).filter(({ repo }) => may(actor.person, 'propose', repo));
    const running = (await store.tasks.inConversation(conversation)).find(
      (task) => !isFinal(task.status) && sameWork(task, proposed),
    );
    if (running)
      return done(`That is #${running.number} already, and it is not over: steer it instead. Nothing was proposed.`);
    const earlier = open.filter((one) => one.id === input.replaces || sameWork(one, proposed));
    const same = earlier.find((one) => identical(one, proposed));
    if (same)
      return done(`Proposal ${same.id} says exactly that; its card is shown. ${dontRepeat}`, { proposal: same.id });
    if (input.replaces !== undefined && !open.some(({ id }) => id === input.replaces)) {
      throw new Unfit(`replaces: proposal ${input.replaces} is not open in this conversation.`);
    }
    const now = Date.now();
    const files = await filesFor(input.files, call, earlier);
    const made = {
      ...proposed,
      origin: call.origin,
      conversation,
      place,
      ...(actor.person && { proposer: actor.person.id }),
      createdAt: now,
      expiresAt: now + proposalLifeMs,
    };
    const proposal = await store.proposals.create(made);
    await store.files.link(`proposal:${proposal.id}`, files);
    const key = `proposed:proposal:${proposal.id}`;
    await record(store, actor, { subject: `proposal:${proposal.id}`, type: 'proposed', key });
    for (const { id } of earlier) if (id !== proposal.id) await decisions.replace(id, actor);
    const along = files.length > 0 ? ` ${files.map((id) => `f${id}`).join(', ')} go along.` : '';
    return done(
      `Proposal ${proposal.id}: the card is shown with ${proposal.repo}, ${proposal.base}.${along} ${dontRepeat}`,
      {
        proposal: proposal.id,
      },
    );
  }

  return defineTool(
    'spawn_task',
    'Proposes new work as a card with a Start button. Runs nothing: a person confirms the card.',
    schema(models),
    async (input, call) => {
      try {
        return await propose(input, call);
      } catch (error) {
        if (error instanceof Unfit) return refused(`${error.message.trim()} Nothing was proposed.`);
        throw error;
      }
    },
  );
}

const dontRepeat = "Nothing runs until a person starts it. Don't repeat what the card says.";

const sameWork = (a: Pick<Proposal, 'repo' | 'title'>, b: Pick<Proposal, 'repo' | 'title'>): boolean =>
  a.repo === b.repo && a.title.toLowerCase() === b.title.toLowerCase();

const identical = (a: ProposedTask, b: ProposedTask): boolean =>
  sameWork(a, b) && a.base === b.base && a.brief === b.brief && a.model === b.model && a.planFirst === b.planFirst;
