import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ContextTone, ContextTopic } from '@muster/api';
import type { ContextFindingSchema } from '@muster/api';

export type Finding = MessageInitShape<typeof ContextFindingSchema> & {
  topic: ContextTopic;
  code: string;
  tone: ContextTone;
  title: string;
  text: string;
};

interface More {
  links?: readonly { text: string; link: string }[];
  /** Who said it, and when it was read. */
  connection?: string;
  asOf?: Date | undefined;
}

export type Say = (code: string, title: string, text: string, more?: More) => Finding;

const sayer =
  (topic: ContextTopic, tone: ContextTone): Say =>
  (code, title, text, { links, connection, asOf } = {}) => ({
    topic,
    code,
    tone,
    title,
    text,
    ...(links === undefined ? {} : { links: [...links] }),
    ...(connection === undefined ? {} : { connection }),
    ...(asOf === undefined ? {} : { asOf: timestampFromDate(asOf) }),
  });

/** Findings of one topic, each tone by its name. */
export const sayOf = (topic: ContextTopic) => ({
  good: sayer(topic, ContextTone.GOOD),
  plain: sayer(topic, ContextTone.PLAIN),
  warning: sayer(topic, ContextTone.WARNING),
  danger: sayer(topic, ContextTone.DANGER),
  unknown: sayer(topic, ContextTone.UNKNOWN),
});

/** Path inside the console; what is a name in it may hold anything. */
export const pathTo = (path: string, search: Record<string, string>): string =>
  `${path}?${new URLSearchParams(search).toString()}`;

/** What is known before what is not: a list that begins with its gaps teaches nothing. */
const shown: readonly ContextTone[] = [
  ContextTone.DANGER,
  ContextTone.WARNING,
  ContextTone.GOOD,
  ContextTone.PLAIN,
  ContextTone.UNKNOWN,
];
const graver: readonly ContextTone[] = [
  ContextTone.DANGER,
  ContextTone.WARNING,
  ContextTone.UNKNOWN,
  ContextTone.GOOD,
  ContextTone.PLAIN,
];

/** By topic, the worst of each first; those of one rank stay in their order. */
export const inOrder = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => a.topic - b.topic || shown.indexOf(a.tone) - shown.indexOf(b.tone));

/** The gravest tone; what is unknown is graver than what is good. */
export function worstTone(findings: readonly Finding[]): ContextTone {
  return graver.find((tone) => findings.some((one) => one.tone === tone)) ?? ContextTone.UNKNOWN;
}

export const isoMs = (ms: number): string => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime())
    ? 'an unknown moment'
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
};

/** A length of time in the largest unit that does not hide much of it. Seconds. */
export function span(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  if (whole >= 172_800) return `${Math.round(whole / 86_400)} days`;
  if (whole >= 7200) return `${Math.round(whole / 3600)} h`;
  return whole >= 120 ? `${Math.round(whole / 60)} min` : `${whole} s`;
}

export const counted = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;
