import { type DescMessage, type DescMethodUnary, isMessage, type Message } from '@bufbuild/protobuf';
import type { Transport } from '@connectrpc/connect';
import { ExplainResponseSchema, ReachResponseSchema } from '@muster/api';
import { reachLines } from './reach-text.ts';
import { renderMessage } from './render.ts';
import { whyLines } from './why-text.ts';

/** A view as it was asked for on a command line. */
export interface AskedView {
  readonly name: string;
  readonly method: DescMethodUnary<DescMessage, DescMessage>;
  readonly request: Message;
}

export async function readView(
  { method, request }: AskedView,
  transport: Transport,
  signal: AbortSignal,
): Promise<Message> {
  return (await transport.unary(method, signal, undefined, undefined, request)).message;
}

/** An answer as a person reads it. */
export function linesOf({ method }: AskedView, message: Message): string[] {
  // Answers to read, which no table holds.
  if (isMessage(message, ExplainResponseSchema)) return whyLines(message, []);
  if (isMessage(message, ReachResponseSchema)) return reachLines(message);
  return renderMessage(method.output, message);
}
