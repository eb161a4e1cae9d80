import type { StreamResponse, Transport } from '@connectrpc/connect';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { openChannel } from './transport.ts';
import type { Channel, ChannelOptions } from './transport.ts';

interface Line {
  channel: Channel;
  calls: number;
  retired: boolean;
}

/** A channel whose identity can be replaced under it. */
export interface RenewingChannel extends Channel {
  /** Calls made from now on go by a new session; those under way end on the one they began on. */
  renew(options: ChannelOptions): void;
  /** Sessions that only wait for their last calls. */
  readonly retiring: number;
  /** Closes it when the calls under way have ended; none may be begun any more. */
  retire(): void;
}

/**
 * TLS options are fixed for a session, and an expired SVID goes on working on an open one: so every SVID gets a
 * session of its own, and the one before it is closed when its calls have ended (S-36).
 */
export function openRenewingChannel(options: ChannelOptions): RenewingChannel {
  const lines = new Set<Line>();
  let current = begin(options);

  function begin(with_: ChannelOptions): Line {
    const line = { channel: openChannel(with_), calls: 0, retired: false };
    lines.add(line);
    return line;
  }
  function end(line: Line): void {
    line.calls -= 1;
    closeIdle(line);
  }
  function closeIdle(line: Line): void {
    if (!line.retired || line.calls > 0) return;
    lines.delete(line);
    line.channel.close();
  }

  const transport: Transport = {
    async unary(...call) {
      for (let left = refusals; ; left -= 1) {
        const line = current;
        line.calls += 1;
        try {
          return await line.channel.transport.unary(...call);
        } catch (error) {
          if (left === 0 || !neverProcessed(error)) throw error;
        } finally {
          end(line);
        }
      }
    },
    async stream(...call) {
      const line = current;
      line.calls += 1;
      try {
        const response = await line.channel.transport.stream(...call);
        return { ...response, message: counted(response, () => end(line)) };
      } catch (error) {
        end(line);
        throw error;
      }
    },
  };
  return {
    transport,
    get retiring() {
      return lines.size - 1;
    },
    renew(next) {
      const old = current;
      current = begin(next);
      old.retired = true;
      closeIdle(old);
    },
    retire() {
      current.retired = true;
      closeIdle(current);
    },
    close() {
      for (const { channel } of lines) channel.close();
    },
  };
}

const refusals = 3;

/**
 * A stream refused by a connection that is being retired was not processed at all, and may be sent again whatever it
 * is (RFC 9113 8.7). Node tells the reason in its message only.
 */
function neverProcessed(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return (
    cause instanceof Error &&
    'code' in cause &&
    cause.code === 'ERR_HTTP2_STREAM_ERROR' &&
    cause.message.endsWith('NGHTTP2_REFUSED_STREAM')
  );
}

async function* counted<I extends DescMessage, O extends DescMessage>(
  { message }: StreamResponse<I, O>,
  onEnd: () => void,
): AsyncGenerator<MessageShape<O>> {
  try {
    yield* message;
  } finally {
    onEnd();
  }
}
