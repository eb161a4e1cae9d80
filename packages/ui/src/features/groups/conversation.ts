import type { Message } from '@muster/api';
import { csvOf, formatClock, formatCount, toDate } from '../../components/index.ts';

/** Text is empty where the payload is none. */
export const isText = ({ text, payloadBytes }: Message): boolean => text !== '' || payloadBytes === 0;

/** Within a minute of the same sender: one head for both. */
export function sameSender(before: Message | undefined, message: Message): boolean {
  if (!before || before.from !== message.from || before.fromInstance !== message.fromInstance) return false;
  if (before.fromIdentity !== message.fromIdentity) return false;
  const [first, second] = [toDate(before.at), toDate(message.at)];
  return !first || !second || second.getTime() - first.getTime() < 60_000;
}

/** "1,000 messages since 12:03:11", or "last 1,000 · 99,000 older not kept". */
export function keptWords(count: number, earlier: bigint, since: Date | undefined): string {
  const kept = `${formatCount(count)} ${count === 1 ? 'message' : 'messages'}`;
  if (earlier > 0n) return `last ${formatCount(count)} · ${formatCount(Number(earlier))} older not kept`;
  return since ? `${kept} since ${formatClock(since)}` : kept;
}

const instant = (message: Message): string => toDate(message.at)?.toISOString() ?? '';
const sender = ({ from, fromInstance }: Message): string =>
  fromInstance === '' ? from : `${from}/${fromInstance}`;
const content = (message: Message): string =>
  isText(message)
    ? message.text
    : `(${message.payloadType || 'no payload type'}, ${message.payloadBytes} bytes, not text)`;

/** One line a message, further lines of a text indented; for reading and for pasting. */
export const conversationText = (messages: readonly Message[]): string =>
  messages
    .map(
      (message) => `${instant(message)} ${sender(message)}: ${content(message).replaceAll('\n', '\n  ')}\n`,
    )
    .join('');

const COLUMNS = ['at', 'from', 'identity', 'own', 'payload_type', 'payload_bytes', 'text_cut', 'text'];

/** S-22: `csvOf` keeps a spreadsheet from running what a member said. */
export const conversationCsv = (messages: readonly Message[]): string =>
  csvOf([
    COLUMNS,
    ...messages.map((one) => [
      instant(one),
      sender(one),
      one.fromIdentity,
      String(one.own),
      one.payloadType,
      String(one.payloadBytes),
      String(one.textCut),
      one.text,
    ]),
  ]);

/** JSON lines. */
export const conversationJson = (messages: readonly Message[]): string =>
  messages
    .map((one) => {
      const { from, fromInstance, fromIdentity, own, payloadType, payloadBytes, textCut, text } = one;
      const facts = { from, fromInstance, fromIdentity, own, payloadType, payloadBytes, textCut, text };
      return `${JSON.stringify({ at: instant(one), ...facts })}\n`;
    })
    .join('');
