/** Tokens of a text at about four characters each: not the real tokenizer, but proportional and the same every time. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
