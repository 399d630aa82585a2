import { plainDecision } from '../domain/ask.ts';

/** How far somebody's own words approve: fully, with something to change first, or not at all. */
export type Assent = 'full' | 'reserved' | 'none';

/** Words of assent. Those of other languages cover what teams mostly write; all else is left to the button. */
const assent = words(
  'yes|yep|yeah|yup|ok|okay|sure|approve[ds]?|lgtm|go|ship|start|proceed|agree[ds]?|fine|good|great|perfect|nice|accept(?:ed)?',
  "ja|jo|klar|gut|passt|genehmigt|einverstanden|mach|los|oui|d'accord|bien|parfait|valid[ée]e?|sí|si|vale|bueno|claro|dale|aprobado",
  'sim|bom|aprovado|va bene|bene|approvato|goed|akkoord|prima|tak|dobrze|zgoda|да|хорошо|согласен|давай|так|evet|tamam',
  'はい|いいね|承認|了解|好|可以|同意|批准|좋아|네|승인',
);

/** Words that take part of an assent back, or ask for something more. Wrong alarms cost a round of the plan, no more. */
const reservation = words(
  "but|except|instead|unless|until|however|though|although|if|once|after|before|first|also|plus|rather|without|not|no|never|nor|cannot|\\w+n['’]t|wait|hold|almost|nearly|only|change|rename|remove|add|keep|replace|drop|skip|make sure|should|must|could|would|please (?!go|do|start|proceed|ship)\\w+",
  'aber|außer|ausser|statt|stattdessen|sondern|nur|nicht|kein\\w*|erst|wenn|falls|sobald|noch|auch|bitte (?!los|mach)\\w+|ohne|sollte|jedoch',
  'mais|sauf|pas|sans|plutôt|avant|aussi|seulement|pero|excepto|menos|no|sin|antes|también|solo|sólo|mas|porém|exceto|não|sem|também',
  'ma|però|tranne|non|senza|prima di|anche|solo|maar|behalve|niet|geen|eerst|ook|ale|oprócz|nie|но|кроме|не|без|только|сначала|ama|fakat|değil',
  'でも|しかし|ただし|ない|但|但是|不|除了|하지만|그런데',
);

/** A question is no approval, with or without its mark. */
const asking =
  /^(?:is|are|was|were|does|did|can|could|what|why|how|when|who|which|where|ist|sind|wie|wann|warum|wer|welche\w*|est-ce|pourquoi|comment|qué|cómo|cuándo)(?![\p{L}\p{N}])/iu;

const marks = /[?¿？]|\.\.\.|…/u;

/**
 * What a message says by itself about going ahead. Quotations and code are not its author's words. "Looks good, but keep the
 * old text" is reserved; "how is it going?" is none.
 */
export function assentOf(text: string): Assent {
  const own = text
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/^\s*>.*$/gm, ' ')
    .replace(/`[^`]*`|"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»/gu, ' ')
    .trim();
  const decision = plainDecision(own);
  if (decision) return decision === 'yes' ? 'full' : 'none';
  if (asking.test(own)) return 'none';
  if (!assent.test(own) && !/👍|✅|👌|💯|:\+1:|:white_check_mark:/u.test(own)) return 'none';
  return reservation.test(own) || marks.test(own) ? 'reserved' : 'full';
}

/** Matches any of the words on its own; scripts without spaces match anywhere. */
function words(...lists: readonly string[]): RegExp {
  const all = lists.join('|').split(/\|(?![^(]*\))/u);
  const spaced = all.filter((word) => !/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/u.test(word));
  const joined = all.filter((word) => !spaced.includes(word));
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${spaced.join('|')})(?![\\p{L}\\p{N}_])|${joined.join('|')}`, 'iu');
}
