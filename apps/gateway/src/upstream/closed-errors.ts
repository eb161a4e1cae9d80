import { Code, ConnectError } from '@connectrpc/connect';
import type { Interceptor } from '@connectrpc/connect';
import { Fault } from './fault.ts';
import { sentence } from './sentences.ts';

function close(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof Fault)
    return new ConnectError(sentence(error), Code.Unavailable, undefined, undefined, error);
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
 * table. The error itself stays its `cause`, for the gateway's own log.
 */
export function closedErrors(): Interceptor {
  return (next) => async (request) => {
    try {
      const answer = await next(request);
      return answer.stream ? { ...answer, message: guarded(answer.message) } : answer;
    } catch (error) {
      throw close(error);
    }
  };
}

async function* guarded<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw close(error);
  }
}
