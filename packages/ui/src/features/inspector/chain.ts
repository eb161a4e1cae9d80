import type { DecodedCertificate, DecodedX509, Judgement } from '@muster/domain';
import { ellipsizeMiddle } from '@muster/domain';
import { formatRelative } from '../../components/index.ts';

export interface ChainNode {
  readonly key: string;
  /** "leaf", "intermediate", "authority", "token", "JWT authority", "bundle". */
  readonly role: string;
  readonly title: string;
  readonly whole: string;
  readonly note: string;
  readonly problems: readonly string[];
  /** Not there: what would be needed. */
  readonly missing: boolean;
}

export interface ChainStep {
  /** What joins a node to the next one; absent on the last. */
  readonly link?: { readonly label: string; readonly state: 'holds' | 'broken' | 'unknown' };
  readonly node: ChainNode;
}

export interface ChainContext {
  readonly at: Date;
  /** The bundle judged against: its sequence and source; undefined when there is none. */
  readonly bundle: { readonly trustDomain: string; readonly note: string } | undefined;
}

/** The document, what vouches for it, and the bundle that vouches for that; empty when there is no such chain. */
export function chainOf(judgement: Judgement, context: ChainContext): ChainStep[] {
  const { decoded } = judgement;
  if (decoded.type === 'x509-svid') return certificateChain(decoded, judgement, context);
  if (decoded.type === 'jwt-svid' || decoded.type === 'wit-svid') return tokenChain(judgement, context);
  if (decoded.type === 'workload-x509-response') {
    const [first] = decoded.svids;
    return first?.svid.type === 'x509-svid' ? certificateChain(first.svid, judgement, context) : [];
  }
  return [];
}

function certificateChain(decoded: DecodedX509, judgement: Judgement, context: ChainContext): ChainStep[] {
  const links =
    decoded.chain.length > 0
      ? decoded.chain
      : decoded.certificates.map((certificate) => ({
          certificate,
          source: 'document' as const,
          problems: [],
        }));
  // What says that a signature or an issuer does not fit: the link is broken, not only what stands at its end.
  const unlinked = ['X-15', 'X-17'].some((id) => failed(judgement, id));
  const steps = links.map(({ certificate, source, problems }, index): ChainStep => {
    const role = source === 'bundle' ? 'authority in the bundle' : index === 0 ? 'leaf' : 'intermediate';
    const broken = unlinked && problems.length > 0;
    const last = index === links.length - 1;
    return {
      node: certificateNode(certificate, role, problems, context.at),
      link:
        last && source === 'bundle'
          ? { label: 'in', state: 'holds' }
          : {
              label: broken || last ? 'not signed by' : 'signed by',
              state:
                broken || last
                  ? 'broken'
                  : decoded.chainComplete || problems.length === 0
                    ? 'holds'
                    : 'unknown',
            },
    };
  });
  const end = links.at(-1);
  const missing: ChainStep[] =
    end && end.source !== 'bundle'
      ? [
          {
            node: {
              key: 'missing',
              role: 'authority',
              title: 'none found',
              whole: end.certificate.issuer,
              note: `needed: ${end.certificate.issuer || 'the issuer of the last certificate'}`,
              problems: [],
              missing: true,
            },
            link: { label: 'in', state: 'unknown' },
          },
        ]
      : [];
  return [
    ...steps,
    ...missing,
    { node: bundleNode(context, decoded.bundle ?? trustDomainOf(decoded.certificates[0]?.spiffeId)) },
  ];
}

function certificateNode(
  certificate: DecodedCertificate,
  role: string,
  problems: readonly string[],
  at: Date,
): ChainNode {
  const whole = certificate.spiffeId ?? (certificate.subject || `serial ${certificate.serial}`);
  const path = /^spiffe:\/\/[^/]*(\/.*)$/su.exec(whole)?.[1];
  const until = new Date(certificate.notAfter);
  return {
    key: certificate.fingerprint,
    role,
    title: ellipsizeMiddle(path ?? trustDomainOf(certificate.spiffeId) ?? whole, 30),
    whole,
    note: `${until < at ? 'expired' : 'expires'} ${formatRelative(until, at.getTime())}`,
    problems,
    missing: false,
  };
}

function tokenChain(judgement: Judgement, context: ChainContext): ChainStep[] {
  const { decoded } = judgement;
  if (decoded.type !== 'jwt-svid' && decoded.type !== 'wit-svid') return [];
  const [signed, time] =
    decoded.type === 'jwt-svid' ? ['J-14', ['J-11', 'J-12', 'J-13']] : ['T-12', ['T-07', 'T-08']];
  const check = judgement.checks.find((one) => one.id === signed);
  const problems = judgement.checks
    .filter((one) => one.verdict === 'fail' && time.includes(one.id))
    .map((one) => one.evidence);
  const until = decoded.expiresAt === undefined ? undefined : new Date(decoded.expiresAt);
  const key = decoded.signedBy;
  const keyId = key?.keyId ?? decoded.keyId;
  return [
    {
      node: {
        key: 'token',
        role: 'token',
        title: ellipsizeMiddle(
          /^spiffe:\/\/[^/]*(\/.*)$/su.exec(decoded.subject ?? '')?.[1] ?? decoded.subject ?? 'no subject',
          30,
        ),
        whole: decoded.subject ?? '',
        note: until
          ? `${until < context.at ? 'expired' : 'expires'} ${formatRelative(until, context.at.getTime())}`
          : 'no expiry',
        problems,
        missing: false,
      },
      link: key
        ? { label: 'signed by', state: 'holds' }
        : {
            label: check?.verdict === 'fail' ? 'not signed by' : 'signed by?',
            state: check?.verdict === 'fail' ? 'broken' : 'unknown',
          },
    },
    {
      node: {
        key: 'key',
        role: key ? 'authority in the bundle' : 'authority',
        title: keyId === undefined ? 'no key id' : ellipsizeMiddle(keyId, 18),
        whole: keyId ?? '',
        note: key ? key.keyType : (check?.evidence ?? 'not found'),
        problems: [],
        missing: !key,
      },
      link: { label: 'in', state: key ? 'holds' : 'unknown' },
    },
    { node: bundleNode(context, decoded.trustDomain) },
  ];
}

function bundleNode({ bundle }: ChainContext, trustDomain: string | undefined): ChainNode {
  return {
    key: 'bundle',
    role: 'bundle',
    title: bundle?.trustDomain ?? trustDomain ?? 'none',
    whole: bundle?.trustDomain ?? trustDomain ?? '',
    note: bundle?.note ?? 'not known here: drop it beside the document',
    problems: [],
    missing: !bundle,
  };
}

export function trustDomainOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : /^spiffe:\/\/([^/]+)/iu.exec(id)?.[1];
}

function failed(judgement: Judgement, id: string): boolean {
  return judgement.fails.includes(id);
}
