import { formatRelative } from '../../components/index.ts';

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Undefined where an end is missing or is no time: then there is no bar to draw. */
export function validityBetween(from: string | undefined, to: string | undefined): Validity | undefined {
  if (from === undefined || to === undefined) return undefined;
  const [notBefore, notAfter] = [new Date(from), new Date(to)];
  return Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())
    ? undefined
    : { notBefore, notAfter };
}

/** Both ends and where the moment stands between them, a line each. */
export function validityWords(
  { notBefore, notAfter }: Validity,
  at: Date,
): readonly [string, string, string] {
  const text = (date: Date) => `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const relative = (date: Date) => formatRelative(date, at.getTime());
  const now =
    at.getTime() > notAfter.getTime()
      ? `expired ${relative(notAfter)}`
      : at.getTime() < notBefore.getTime()
        ? `starts ${relative(notBefore)}`
        : `expires ${relative(notAfter)}`;
  return [`from ${text(notBefore)}`, `to ${text(notAfter)}`, now];
}
