/** What went wrong, as a code to branch on and a sentence for people. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Outcome of a `parse…` function: a value that cannot be wrong inside, or the reason there is none. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function refused(code: string, message: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { code, message } };
}
