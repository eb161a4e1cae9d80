import type { Decoded, Judgement, JudgementVerdict, Kind } from '@muster/domain';

/** A judgement in one line: what a table of many shows, without the sheet. */
export interface VerdictRow {
  readonly id: string;
  readonly kind: Kind;
  readonly verdict: JudgementVerdict;
  readonly reason: string;
  /** The first broken clause, else the first that warns. */
  readonly first?: { readonly id: string; readonly text: string; readonly evidence: string };
  readonly fails: readonly string[];
  readonly warns: readonly string[];
  /** SPIFFE ID, or whose bundle it is; escaped. */
  readonly subject?: string;
  /** Serial number, key id or sequence: what is another one after a rotation. */
  readonly mark?: string;
  /** Milliseconds since 1970. */
  readonly notBefore?: number;
  readonly expires?: number;
  /** Of a bundle, which has no end itself: when the first of its certificates does; milliseconds since 1970. */
  readonly firstKeyEnds?: number;
  /** When it was judged, and the next moment at which time alone may change the verdict; milliseconds since 1970. */
  readonly at: number;
  readonly next?: number;
}

/** Makes the line of one judgement, made for `at`. */
export function rowOf(id: string, judgement: Judgement, at: number): VerdictRow {
  const { kind, verdict, reason, checks, fails, warns, decoded } = judgement;
  const first = checks.find((check) => check.id === (fails[0] ?? warns[0]));
  const facts = factsOf(decoded);
  const next = nextMoment(decoded, at);
  return {
    id,
    kind,
    verdict,
    reason,
    fails,
    warns,
    at,
    ...facts,
    ...(next !== undefined && { next }),
    ...(first && { first: { id: first.id, text: first.text, evidence: first.evidence } }),
  };
}

type RowFacts = Pick<VerdictRow, 'subject' | 'mark' | 'notBefore' | 'expires' | 'firstKeyEnds'>;

function factsOf(decoded: Decoded): RowFacts {
  switch (decoded.type) {
    case 'x509-svid': {
      const [leaf] = decoded.certificates;
      if (!leaf) return {};
      return {
        subject: leaf.spiffeId ?? (leaf.subject || 'no name'),
        mark: `serial ${leaf.serial}`,
        ...moments(leaf.notBefore, leaf.notAfter),
      };
    }
    case 'jwt-svid':
    case 'wit-svid':
      return {
        ...(decoded.subject !== undefined && { subject: decoded.subject }),
        ...(decoded.issuedAt !== undefined && { mark: `issued ${decoded.issuedAt}` }),
        ...moments(decoded.notBefore ?? decoded.issuedAt, decoded.expiresAt),
      };
    case 'spiffe-id':
      return { subject: decoded.id.text };
    case 'bundle':
      return {
        mark: `${decoded.sequence === undefined ? '' : `sequence ${decoded.sequence}, `}${decoded.keyCount} key${decoded.keyCount === 1 ? '' : 's'}`,
        ...firstEnd(decoded.keys.map(({ certificate }) => certificate?.notAfter)),
      };
    case 'bundle-map':
      return { subject: decoded.bundles.map(({ trustDomain }) => trustDomain).join(', ') };
    case 'workload-x509-response': {
      const [svid] = decoded.svids;
      if (!svid) return {};
      const inner = svid.svid.type === 'x509-svid' ? svid.svid.certificates[0] : undefined;
      return { subject: svid.spiffeId, ...(inner && moments(inner.notBefore, inner.notAfter)) };
    }
    default:
      return {};
  }
}

function firstEnd(ends: readonly (string | undefined)[]): Pick<VerdictRow, 'firstKeyEnds'> {
  const times = ends.flatMap((end) => timeOf(end) ?? []);
  return times.length === 0 ? {} : { firstKeyEnds: Math.min(...times) };
}

function moments(
  from: string | undefined,
  to: string | undefined,
): Pick<VerdictRow, 'notBefore' | 'expires'> {
  const [notBefore, expires] = [timeOf(from), timeOf(to)];
  return { ...(notBefore !== undefined && { notBefore }), ...(expires !== undefined && { expires }) };
}

function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** The earliest moment after `at` at which something the verdict rests on begins or ends. */
export function nextMoment(decoded: Decoded, at: number): number | undefined {
  const texts: (string | undefined)[] = [];
  const svids = decoded.type === 'workload-x509-response' ? decoded.svids.map(({ svid }) => svid) : [decoded];
  for (const one of svids) {
    if (one.type === 'x509-svid') {
      const links = one.chain.map(({ certificate }) => certificate);
      for (const { notBefore, notAfter } of [...one.certificates, ...links]) texts.push(notBefore, notAfter);
    }
    if (one.type === 'jwt-svid' || one.type === 'wit-svid') texts.push(one.notBefore, one.expiresAt);
    if (one.type === 'bundle')
      for (const { certificate } of one.keys) texts.push(certificate?.notBefore, certificate?.notAfter);
  }
  // One millisecond later: `notAfter` itself is still inside (RFC 5280 4.1.2.5).
  const later = texts.flatMap((text) => timeOf(text) ?? []).filter((time) => time + 1 > at);
  return later.length === 0 ? undefined : Math.min(...later) + 1;
}
