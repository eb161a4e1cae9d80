import { Code, ConnectError } from '@connectrpc/connect';
import { Fault } from './fault.ts';
import { sentence } from './sentences.ts';

function close(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof Fault) {
    return new ConnectError(sentence(error), Code.Unavailable, undefined, undefined, error);
  }
  return new ConnectError(
    'Something unexpected happened in the gateway. Its log says what.',
    Code.Internal,
    undefined,
    undefined,
    error,
  );
}

/**
 * The last line before a reply (S-40), in streams too: what is no answer of ours becomes one sentence of the closed
 * table. The error itself stays its `cause`, for the gateway's own log. Wraps the methods, because interceptors of
 * one service would replace those of the router.
 */
export function closedErrors<T extends object>(service: T): T {
  const wrapped = Object.entries(service).map(([name, method]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]): unknown => {
      try {
        const answer = method(...args);
        if (isIterable(answer)) return guarded(answer);
        return answer instanceof Promise ? answer.catch(rethrow) : answer;
      } catch (error) {
        throw close(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function rethrow(error: unknown): never {
  throw close(error);
}

async function* guarded<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw close(error);
  }
}
