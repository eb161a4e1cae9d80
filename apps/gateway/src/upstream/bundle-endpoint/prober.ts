import { lookup } from 'node:dns/promises';
import { judge } from '@muster/domain/judge';
import type { ProbeFacts } from '../../doctor/facts.ts';
import { keysOf } from '../../doctor/keys.ts';
import { readBundleDocument } from '../spire/bundle-document.ts';
import type { RelationshipRow } from '../spire/federation-rows.ts';
import { presentedBy } from '../tls-endpoint/present.ts';
import type { Presented } from '../tls-endpoint/present.ts';
import type { TlsTarget } from '../tls-endpoint/target.ts';
import { EndpointError } from './endpoint-error.ts';
import { fetchBundle } from './fetch.ts';
import type { Fetched, Proof } from './fetch.ts';
import type { GuardOptions } from './guard.ts';

export interface ProberOptions {
  /** Address ranges that may be asked although they are private: `probe.allow` of muster.yaml. */
  allow: readonly string[];
  now: () => Date;
  /** In specs only. */
  resolve?: GuardOptions['resolve'];
  /** In specs only: authorities of the web, PEM. */
  webAuthorities?: string;
}

/** Most endpoints whose last answer is kept, to notice one that goes back (S-24). */
const mostKept = 512;
const mostAtOnce = 4;
/** Probes by hand that may wait for their turn. */
const mostWaiting = 32;

/** Asks bundle endpoints, from this gateway. What it fetches is shown and compared, never used. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #last = new Map<string, Uint8Array>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** @param authorities X.509 authorities, DER, of a trust domain as the asking server has them */
  async probe(
    relationship: RelationshipRow,
    authorities: (trustDomain: string) => readonly Uint8Array[],
  ): Promise<ProbeFacts> {
    const proof = this.#proof(relationship, authorities);
    if (typeof proof === 'string') return { ...nothing, kind: 'nothing-to-check', problem: proof };
    try {
      const { body, presented } = await this.#inTurn(() =>
        fetchBundle(relationship.bundleEndpointUrl, { proof, ...this.#guard }),
      );
      return await this.#read(relationship, body, presented);
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      const { kind, message, presented, issuedByPeer } = error;
      return { ...nothing, kind, problem: message, presented, issuedByPeer };
    }
  }

  /** The document of an endpoint, to the byte. Throws `EndpointError`. */
  document(url: string, proof: Proof): Promise<Fetched> {
    const ca = this.#options.webAuthorities;
    const web = proof.profile === 'https_web' && ca !== undefined ? { ...proof, ca } : proof;
    return this.#byHand(() => fetchBundle(url, { proof: web, ...this.#guard }));
  }

  /** What a TLS endpoint presents, not trusted. Throws `EndpointError`. */
  presented(target: TlsTarget): Promise<Presented> {
    return this.#byHand(() => presentedBy(target, this.#guard));
  }

  get #guard(): GuardOptions {
    return { allow: this.#options.allow, resolve: this.#options.resolve ?? resolveAll };
  }

  #byHand<T>(probe: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= mostWaiting)
      throw new EndpointError('network', 'Too many endpoints are being asked now. Try again in a moment.');
    return this.#inTurn(probe);
  }

  async #inTurn<T>(probe: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await probe();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  #proof(
    { profile, endpointSpiffeId }: RelationshipRow,
    authorities: (trustDomain: string) => readonly Uint8Array[],
  ): Proof | string {
    if (profile === 'https_web') {
      const ca = this.#options.webAuthorities;
      return { profile, ...(ca === undefined ? {} : { ca }) };
    }
    if (profile !== 'https_spiffe') return 'Its profile is neither https_web nor https_spiffe.';
    const trustDomain = /^spiffe:\/\/([^/]+)/u.exec(endpointSpiffeId)?.[1] ?? '';
    const held = authorities(trustDomain);
    return held.length === 0
      ? `The server has no X.509 authority of ${trustDomain || 'the endpoint’s trust domain'} to authenticate the endpoint with.`
      : { profile, id: endpointSpiffeId, authorities: held };
  }

  async #turn(): Promise<void> {
    while (this.#running >= mostAtOnce)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    this.#running += 1;
  }

  async #read(relationship: RelationshipRow, body: Uint8Array, presented: string): Promise<ProbeFacts> {
    const base = { ...nothing, presented, issuedByPeer: true };
    const read = readBundleDocument(body, false);
    if (!read.ok) return { ...base, kind: 'content', problem: read.problem };
    const { value } = read;
    const key = `${relationship.trustDomain} ${relationship.bundleEndpointUrl}`;
    const previous = this.#last.get(key);
    const judged = await judge({
      kind: previous ? 'bundle-update' : 'bundle',
      input: body,
      bundles: new Map(),
      at: this.#options.now(),
      ...(previous ? { previous } : {}),
    });
    const failed = judged.checks.filter(({ verdict }) => verdict === 'fail');
    const back = failed.find(({ id }) => id === 'B-05');
    if (!back) this.#keep(key, body);
    return {
      ...base,
      kind: back ? 'rollback' : '',
      problem: back ? back.evidence : '',
      keys: keysOf(value),
      sequence: value.sequenceNumber === 0n ? '' : String(value.sequenceNumber),
      refreshHint: value.refreshHint === 0n ? '' : String(value.refreshHint),
      findings: failed.filter(({ id }) => id !== 'B-05').map(({ id, evidence }) => `${id}: ${evidence}`),
    };
  }

  #keep(key: string, body: Uint8Array): void {
    this.#last.delete(key);
    this.#last.set(key, body);
    const [oldest] = this.#last.keys();
    if (this.#last.size > mostKept && oldest !== undefined) this.#last.delete(oldest);
  }
}

const nothing: ProbeFacts = {
  problem: '',
  kind: '',
  presented: '',
  issuedByPeer: false,
  keys: [],
  sequence: '',
  refreshHint: '',
  findings: [],
};

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
