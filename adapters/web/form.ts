import type { Context } from 'hono';
import { Failure } from '../../core/errors.ts';

/** More than any form of ours has. */
const mostFields = 50;

export type Form = Readonly<Record<string, string | File | readonly (string | File)[]>>;

/** What a form holds; several of one name are a list. Throws Failure `invalid_form` for what is no form of ours. */
export async function formIn(context: Context): Promise<Form> {
  const form = await context.req.parseBody({ all: true }).catch((cause: unknown) => {
    throw invalid(cause);
  });
  if (Object.keys(form).length > mostFields) throw invalid();
  return form;
}

/** The one text of that name; empty where there is none, or more. */
export const textIn = (form: Form, name: string): string => {
  const value = form[name];
  return typeof value === 'string' ? value : '';
};

const invalid = (cause?: unknown): Failure =>
  new Failure('That form cannot be read.', { code: 'invalid_form', remedy: 'never', cause });
