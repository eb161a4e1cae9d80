import type { Bundle } from '@muster/api';
import { isJsonObject, JsonNumber, parseJson } from '@muster/domain';
import { toDate } from '../../components/index.ts';
import type { InspectedDocument } from './documents.ts';
import type { Workbench } from './workbench.ts';

/** A bundle that can be judged against, and where it is from. */
export interface HeldBundle {
  readonly key: string;
  readonly trustDomain: string;
  /** In words: "spire-a", "Workload API", "dropped: ca.pem". */
  readonly source: string;
  /** Which authorities it holds; a Workload API hands out the two kinds apart. */
  readonly holds: 'all' | 'x509' | 'jwt';
  readonly sequence: string | undefined;
  readonly readAt: Date | undefined;
  readonly bytes: Uint8Array;
}

export interface BundleSources {
  readonly bundles: readonly Bundle[];
  /** Trust domain → PEM of X.509 authorities, from the Workload API. */
  readonly pem: Readonly<Record<string, string>>;
  readonly pemReadAt: Date | undefined;
  /** Trust domain → JWK Set of JWT authorities, from the last token that was fetched. */
  readonly json: Readonly<Record<string, string>>;
}

/** Every bundle that is known, the one to prefer first: a server's own, then its copies of others, then the Workload API's. */
export function heldBundles({ bundles, pem, pemReadAt, json }: BundleSources): HeldBundle[] {
  const encode = (text: string) => new TextEncoder().encode(text);
  const servers = bundles
    .filter((bundle) => bundle.spiffeJson !== '')
    .toSorted((a, b) => Number(b.own) - Number(a.own) || Number(b.sequenceNumber - a.sequenceNumber))
    .map((bundle): HeldBundle => ({
      key: `server:${bundle.connection}`,
      trustDomain: bundle.trustDomain,
      source: bundle.own ? bundle.connection : `${bundle.connection} (federated copy)`,
      holds: 'all',
      sequence: bundle.sequenceNumber === 0n ? undefined : String(bundle.sequenceNumber),
      readAt: toDate(bundle.readAt),
      bytes: encode(bundle.spiffeJson),
    }));
  const x509 = Object.entries(pem).map(([name, text]): HeldBundle => ({
    ...workload(name, 'x509'),
    readAt: pemReadAt,
    bytes: encode(text),
  }));
  const jwt = Object.entries(json).map(([name, text]): HeldBundle => ({
    ...workload(name, 'jwt'),
    sequence: sequenceOf(text),
    bytes: encode(text),
  }));
  return [...servers, ...x509, ...jwt];
}

function workload(name: string, holds: 'x509' | 'jwt') {
  return {
    key: `workload:${holds}`,
    trustDomain: name.replace(/^spiffe:\/\//u, ''),
    source: `Workload API (${holds === 'x509' ? 'X.509' : 'JWT'} authorities)`,
    holds,
    sequence: undefined,
    readAt: undefined,
  };
}

function sequenceOf(json: string): string | undefined {
  const document = parseJson(new TextEncoder().encode(json));
  const value =
    document.ok && isJsonObject(document.value.value)
      ? document.value.value.get('spiffe_sequence')
      : undefined;
  return value instanceof JsonNumber ? value.raw : undefined;
}

/** One bundle for a trust domain, with the others that could be used instead. */
export interface ChosenBundle {
  readonly trustDomain: string;
  readonly chosen: HeldBundle;
  readonly choices: readonly HeldBundle[];
}

/**
 * Chooses one bundle per trust domain: what a person chose, else what was dropped, else the preferred one that has the right
 * kind of authorities. Bundles of several sources are never merged (Federation 4.2).
 */
export function chooseBundles(
  held: readonly HeldBundle[],
  bench: Pick<Workbench, 'documents' | 'subject' | 'sources'>,
  subjectDomain: string | undefined,
): ChosenBundle[] {
  const dropped = bench.documents
    .filter((document) => document.authorities && document.id !== bench.subject)
    .toReversed()
    .flatMap((document) => asHeld(document, subjectDomain));
  const subject = bench.documents.find((document) => document.id === bench.subject);
  const needs = subject?.kind === 'x509-svid' ? 'x509' : 'jwt';
  const paired = new Set(subject?.prefers?.map((id) => `dropped:${id}`));
  const byDomain = Map.groupBy([...dropped, ...held], (bundle) => bundle.trustDomain);
  return [...byDomain]
    .flatMap(([trustDomain, choices]) => {
      const chosen =
        choices.find((choice) => choice.key === bench.sources[trustDomain]) ??
        choices.find((choice) => paired.has(choice.key)) ??
        choices.find((choice) => choice.holds === 'all' || choice.holds === needs) ??
        choices[0];
      return chosen ? [{ trustDomain, chosen, choices }] : [];
    })
    .toSorted(
      (a, b) =>
        Number(b.trustDomain === subjectDomain) - Number(a.trustDomain === subjectDomain) ||
        a.trustDomain.localeCompare(b.trustDomain),
    );
}

function asHeld(document: InspectedDocument, subjectDomain: string | undefined): HeldBundle[] {
  // Empty: nobody's, until a person says whose.
  const trustDomain = document.bundleOf ?? subjectDomain;
  if (trustDomain === undefined || trustDomain === '') return [];
  return [
    {
      key: `dropped:${document.id}`,
      trustDomain,
      source: `given here: ${document.name}`,
      holds: document.holds ?? 'all',
      sequence: document.kind === 'bundle' ? sequenceOf(new TextDecoder().decode(document.bytes)) : undefined,
      readAt: undefined,
      bytes: document.bytes,
    },
  ];
}
