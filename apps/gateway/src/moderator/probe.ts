import { connect } from 'node:net';

/**
 * Whether anything listens at the endpoint. The bindings would retry a dead endpoint inside a native call for ever
 * and keep a lost connection to themselves, so this is asked first, and again while connected.
 */
export function probe(endpoint: string, timeoutMs = 3000): Promise<void> {
  const { hostname, port } = addressOf(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port });
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`no SLIM node answers at ${hostname}:${port} (${why})`));
    };
    socket.setTimeout(timeoutMs, () => fail(`no connection within ${timeoutMs / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail(WORDS[error.code ?? ''] ?? error.code ?? 'unreachable'),
    );
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no connection in time',
};

/** Host and port of `http(s)://host:port`; throws on anything else. */
export function addressOf(endpoint: string): { hostname: string; port: number } {
  const url = new URL(endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('not an http or https address');
  return { hostname: url.hostname, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
}
