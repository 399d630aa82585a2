import type { Button, Doc } from '../domain/chat.ts';
import { canUndo, type Proposal, proposalLifeMs } from '../domain/proposal.ts';
import { modelName } from './names.ts';
import { code, firstLines, headline, plain, quote } from './text.ts';
import { money, span } from './time.ts';

/** What tasks like this one took in the same repository: medians over `count` finished tasks. */
export interface Forecast {
  readonly minutes: number;
  readonly usd: number;
  readonly count: number;
}

export interface ProposalFacts {
  readonly forecast: Forecast | null;
  /** The repository's page. */
  readonly url: string | null;
  readonly now: number;
  /** How many files go along to the worker. */
  readonly files?: number;
  /** What the person should know before they start it, one clause each. */
  readonly unsafe?: readonly string[];
}

/** The card of a proposed task, in every state it can be in. Only an open one and a just confirmed one have buttons. */
export function proposalCard(proposal: Proposal, facts: ProposalFacts): Doc {
  const title = plain(headline(proposal.title));
  const by = proposal.decidedBy ? ` by ${plain(proposal.decidedBy)}` : '';
  switch (proposal.state) {
    case 'open':
      return openCard(proposal, facts, title);
    case 'confirmed': {
      const text = proposal.task === null ? `✔ Started${by}.` : `✔ **#${proposal.task}** started${by}.`;
      if (!canUndo(proposal, facts.now)) return { title, text };
      return { title, text, buttons: [[{ label: 'Undo', token: `undo:${proposal.id}` }]] };
    }
    case 'declined':
      return { title, text: `✖ Declined${by}. Nothing was started.` };
    case 'expired':
      return { title, text: `✖ Expired after ${span(proposalLifeMs)}; say it again and I propose it anew.` };
    case 'undone':
      return { title, text: `✖ Taken back${by}. Nothing runs.` };
    case 'replaced':
      return { title, text: '✖ Replaced by a newer proposal. Nothing was started.' };
  }
}

function openCard(proposal: Proposal, { forecast, url, files = 0, unsafe }: ProposalFacts, title: string): Doc {
  const way = proposal.planFirst ? 'plan first, then a draft PR' : 'no plan, straight to a draft PR';
  const limits = `${modelName(proposal.model)}, at most ${money(proposal.budgetUsd)} and ${proposal.deadlineMinutes} min`;
  const lines = [
    `Start it? ${url ? `[${proposal.repo}](${url})` : proposal.repo}, from ${code(proposal.base)} · ${way} · ${limits}${along(files)}`,
    ...(proposal.brief.trim() === '' ? [] : ['', quote(firstLines(proposal.brief, 3)), '']),
    ...(forecast && forecast.count > 0 ? [forecastLine(forecast)] : []),
    ...(unsafe ?? []).map((warning) => `**Know before you start:** ${plain(warning)}`),
  ];
  return { title, text: lines.join('\n').trim(), note: 'or react 👍', buttons: openButtons(proposal) };
}

const along = (files: number): string => (files === 0 ? '' : ` · with ${files === 1 ? '1 file' : `${files} files`}`);

const forecastLine = ({ minutes, usd, count: n }: Forecast): string =>
  n === 1
    ? `One task like this took ${span(minutes * 60_000)} and ${money(usd)} here.`
    : `Tasks like this took ${span(minutes * 60_000)} and ${money(usd)} here (median of ${n}).`;

function openButtons(proposal: Proposal): Button[][] {
  const { id } = proposal;
  const change = { title: 'Change the task', label: 'What should be different?' };
  return [
    [
      { label: 'Start', token: `confirm:${id}`, style: 'primary' },
      ...(proposal.planFirst ? [{ label: 'Start without a plan', token: `confirm:${id}:now` }] : []),
      { label: 'Change…', token: `change:${id}`, form: change },
      { label: 'No', token: `decline:${id}` },
    ],
  ];
}
