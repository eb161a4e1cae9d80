export type EndpointErrorKind = 'policy' | 'network' | 'identity' | 'profile' | 'content';

/** Why nothing was fetched, with what was seen on the way. Holds nothing that the endpoint said. */
export class EndpointError extends Error {
  readonly kind: EndpointErrorKind;
  readonly presented: string;
  readonly issuedByPeer: boolean;
  /** Address and port connected to; empty: no connection was made. */
  readonly address: string;

  constructor(
    kind: EndpointErrorKind,
    message: string,
    seen: { presented?: string; issuedByPeer?: boolean; address?: string } = {},
  ) {
    super(message);
    this.name = 'EndpointError';
    this.kind = kind;
    this.presented = seen.presented ?? '';
    this.issuedByPeer = seen.issuedByPeer ?? false;
    this.address = seen.address ?? '';
  }
}

/** Closed sentences for what a socket fails with; undefined where it is no matter of the network. */
export function networkWords(code: string): string | undefined {
  return network.get(code);
}

const network = new Map([
  ['ECONNREFUSED', 'Nothing listens there.'],
  ['ECONNRESET', 'The connection was cut.'],
  ['EPIPE', 'The connection was cut.'],
  ['ETIMEDOUT', 'It did not answer in time.'],
  ['EHOSTUNREACH', 'There is no network route to it.'],
  ['ENETUNREACH', 'There is no network route to it.'],
  ['HPE_HEADER_OVERFLOW', 'It answers with more than 16 KiB of headers.'],
]);

/** `address:port`, or `[address]:port`. */
export const socketName = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
