import { ConnectError } from '@connectrpc/connect';
import type { StreamResponse, Transport } from '@connectrpc/connect';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { onLoopback } from '../config/slim-credentials.ts';
import type { SlimCredentials } from '../config/types.ts';
import { classify } from './errors.ts';
import { Fault } from './fault.ts';
import type { Link } from './link.ts';
import { openRenewingChannel } from './renewing.ts';
import type { RenewingChannel } from './renewing.ts';
import {
  basic,
  bearer,
  expiryOf,
  readNamed,
  requireValid,
  tlsCredentials,
  UnfittingPair,
} from './slim-channel-credentials.ts';
import type { Authorization, TlsCredentials } from './slim-channel-credentials.ts';
import { TokenSource } from './slim-channel-token.ts';
import type { SvidLender } from './workload/lend.ts';

export interface SlimChannelDeps {
  now: () => Date;
  /** The Workload API connection that `workloadApi` names. */
  lender?: SvidLender;
}

/**
 * The way to one API of a SLIM server, with our credentials as they are at each call: files are read again, SVIDs are
 * taken over when the Workload API renews them. Passwords, tokens and keys do not leave it (S-13, S-14).
 */
export class SlimChannel {
  /** The same through all renewals; a call while it is not open throws `Fault` `not-ready`. */
  readonly transport: Transport;
  readonly #config: SlimCredentials & { address: string };
  readonly #deps: SlimChannelDeps;
  readonly #link: Pick<Link, 'up' | 'lost' | 'retry'>;
  readonly #unsubscribe: () => void;
  readonly #tokens: TokenSource | undefined;
  #channel: RenewingChannel | undefined;
  #tls: TlsCredentials | undefined;
  /** Whose JWT-SVID was sent last. */
  #tokenOf = '';
  #secrets: readonly string[] = [];
  #closed = false;
  /** A renewal of which only a part has come. */
  #half: UnfittingPair | undefined;
  /** Why it was ended; undefined: it was not. */
  #ended: Fault | undefined;

  /** `link` is told when an identity is withdrawn, and tries again when one came. */
  constructor(
    config: SlimCredentials & { address: string },
    deps: SlimChannelDeps,
    link: Pick<Link, 'up' | 'lost' | 'retry'>,
  ) {
    this.#config = config;
    this.#deps = deps;
    this.#link = link;
    const { lender, now } = deps;
    const { jwtAudience } = config;
    if (lender && jwtAudience !== undefined)
      this.#tokens = new TokenSource(() => lender.token(jwtAudience, config), now);
    this.#unsubscribe = lender?.subscribe(() => this.#lentChanged()) ?? (() => {});
    this.transport = this.#makeTransport();
  }

  /**
   * Opens it, or takes over credentials that changed; true when it was not open before, so that another server may
   * answer. @throws Fault when a credential cannot be had
   */
  async open(): Promise<boolean> {
    await this.#deps.lender?.settled;
    return this.#take();
  }

  /** What we show the server, for a description; empty: nothing. It does not tell whether the server asks for it. */
  get presents(): string {
    const { certFile, username, tokenFile } = this.#config;
    const shown = [
      ...(this.#tls?.spiffeId ? [`the X.509-SVID of ${this.#tls.spiffeId}`] : []),
      ...(certFile === undefined ? [] : ['a client certificate']),
      ...(username === undefined ? [] : [`the password of ${username}`]),
      ...(tokenFile === undefined ? [] : ['a token']),
      ...(this.#tokenOf === '' ? [] : [`a JWT-SVID of ${this.#tokenOf}`]),
    ];
    const plain = this.#config.address.startsWith('http://') && !onLoopback(this.#config.address);
    return `${shown.length === 0 ? '' : `, with ${shown.join(' and ')}`}${plain ? ', not encrypted' : ''}`;
  }

  /** Why our identity is not renewed as things are, a sentence; empty when it is. */
  get stalled(): string {
    const { lender } = this.#deps;
    const expiresAt = this.#tls?.spiffeId ? this.#tls.expiresAt : undefined;
    if (lender && expiresAt && lender.stalled !== '')
      return `Our SVID is not renewed: ${lender.stalled} It is valid until ${expiresAt.toISOString()}.`;
    if (this.#half) return `Our certificate is not renewed: ${this.#half.detail}.`;
    const why = this.#tokens?.stalled ?? '';
    return why === '' ? '' : `Our JWT-SVID is not renewed: ${why}.`;
  }

  /** A server's words without any credential of ours that it repeats (S-21). */
  clean(words: string): string {
    return withoutSecrets(words, this.#secrets);
  }

  /** The fault an attempt ended in, with what may explain it. */
  explain(error: unknown): Fault {
    const fault = classify(error);
    // A server that expects TLS hangs up on plain text, and says nothing.
    return fault.code === 'broken' && this.#config.address.startsWith('http://')
      ? new Fault('broken', 'transport', {
          detail: 'If it expects TLS, its address must begin with https.',
          cause: fault,
        })
      : fault;
  }

  /** Begins no call any more; those under way may end. `open` opens it again. */
  retire(): void {
    this.#channel?.retire();
    this.#channel = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    this.#channel?.close();
    this.#channel = undefined;
  }

  async #take(): Promise<boolean> {
    const { address } = this.#config;
    const { lender, now } = this.#deps;
    this.#half = undefined;
    const tls = address.startsWith('https://')
      ? await tlsCredentials(this.#config, lender, now()).catch((error: unknown) => this.#before(error))
      : undefined;
    // Said now, also where the server does not ask for it.
    await this.#authorization();
    if (this.#closed) throw new Fault('closed', 'local');
    const before = this.#tls;
    this.#tls = tls;
    this.#ended = undefined;
    const options = { address, ...tls?.options };
    if (!this.#channel) {
      this.#channel = openRenewingChannel(options);
      return true;
    }
    if (before?.print !== tls?.print) this.#channel.renew(options);
    return false;
  }

  /** What is in use serves on while only a part of its renewal is there. @throws what it is given otherwise */
  #before(error: unknown): TlsCredentials {
    const tls = this.#tls;
    const valid = tls?.expiresAt !== undefined && tls.expiresAt > this.#deps.now();
    if (!(error instanceof UnfittingPair) || !this.#channel || !tls || !valid) throw error;
    this.#half = error;
    return tls;
  }

  /** A renewal is taken over at once; an identity that is gone ends the connection at once. */
  #lentChanged(): void {
    this.#tokens?.forget();
    const channel = this.#channel;
    if (!channel || !this.#link.up) return this.#link.retry();
    this.#take().catch((error: unknown) => {
      if (channel !== this.#channel) return;
      const fault = classify(error);
      this.retire();
      // What is under way says this too, and not that it is merely not connected.
      this.#ended = fault;
      this.#link.lost(fault);
    });
  }

  async #authorization(): Promise<Authorization | undefined> {
    const { username, passwordFile, tokenFile, jwtAudience } = this.#config;
    let found: Authorization | undefined;
    if (username !== undefined && passwordFile !== undefined)
      found = basic(username, await readNamed('passwordFile', passwordFile));
    else if (tokenFile !== undefined) {
      const content = await readNamed('tokenFile', tokenFile);
      found = bearer('tokenFile', content);
      const expired = expiryOf(content);
      if (expired !== undefined && expired <= this.#deps.now())
        throw new Fault('credential', 'local', {
          detail: `tokenFile holds a token that expired at ${expired.toISOString()}, and no new one came`,
        });
    } else if (jwtAudience !== undefined) {
      // The connection it names is checked when the configuration is read; without it nothing is sent.
      if (!this.#tokens) throw new Fault('identity', 'local', { detail: 'its Workload API is not there' });
      const { token, spiffeId } = await this.#tokens.get();
      found = bearer('the Workload API', token);
      this.#tokenOf = spiffeId;
    }
    this.#secrets = found?.secrets ?? [];
    return found;
  }

  /** The channel and the headers of one call, with credentials that are valid now. */
  async #begin(header: HeadersInit | undefined) {
    const authorization = await this.#authorization();
    const { lender, now } = this.#deps;
    requireValid(this.#tls?.expiresAt, now(), lender?.stalled ?? '');
    const channel = this.#channel;
    if (!channel) throw this.#ended ?? new Fault('not-ready', 'local');
    const headers = new Headers(header);
    if (authorization) headers.set('authorization', authorization.value);
    return { transport: channel.transport, headers, secrets: authorization?.secrets ?? [] };
  }

  #makeTransport(): Transport {
    const begin = (header: HeadersInit | undefined) => this.#begin(header);
    return {
      async unary(method, signal, timeoutMs, header, input, contextValues) {
        const { transport, headers, secrets } = await begin(header);
        try {
          return await transport.unary(method, signal, timeoutMs, headers, input, contextValues);
        } catch (error) {
          throw cleaned(error, secrets);
        }
      },
      async stream(method, signal, timeoutMs, header, input, contextValues) {
        const { transport, headers, secrets } = await begin(header);
        try {
          const answer = await transport.stream(method, signal, timeoutMs, headers, input, contextValues);
          return { ...answer, message: cleanedStream(answer, secrets) };
        } catch (error) {
          throw cleaned(error, secrets);
        }
      },
    };
  }
}

async function* cleanedStream<I extends DescMessage, O extends DescMessage>(
  { message }: StreamResponse<I, O>,
  secrets: readonly string[],
): AsyncGenerator<MessageShape<O>> {
  try {
    yield* message;
  } catch (error) {
    throw cleaned(error, secrets);
  }
}

/** A server may repeat what it was sent: where its words are shown, our credential would be too. */
function cleaned(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof ConnectError)) return error;
  const said = withoutSecrets(error.rawMessage, secrets);
  if (said === error.rawMessage) return error;
  const metadata = new Headers(error.metadata);
  metadata.delete('grpc-message');
  return new ConnectError(said, error.code, metadata);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  // What is shorter than this is in every text, and tells nothing by being left.
  const worth = secrets.filter((secret) => secret.length >= 4);
  return worth.reduce((left, secret) => left.replaceAll(secret, '[our credential]'), text);
}
