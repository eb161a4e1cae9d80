import type {
  ChainLink,
  DecodedCertificate,
  DecodedJwt,
  DecodedX509,
  Judgement,
  NearKey,
} from '@muster/domain';
import { pathOf, trustDomainOf } from './identity.ts';
import { type Validity, validityBetween } from './validity.ts';

/** Something that is wrong, with the clause that says so; without one where it is only a consequence. */
export interface ChainProblem {
  readonly clause: string | undefined;
  readonly words: string;
}

/** What a person compares of a certificate or of a key. */
export interface ChainFacts {
  readonly keyType?: string | undefined;
  readonly serial?: string | undefined;
  readonly subject?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subjectKeyId?: string | undefined;
  readonly authorityKeyId?: string | undefined;
}

export interface ChainNode {
  readonly key: string;
  /** "leaf", "intermediate", "authority in the bundle", "token", "bundle". */
  readonly role: string;
  /** The path of its SPIFFE ID, or its name. */
  readonly title: string;
  /** All of it, for the table and on hover. */
  readonly whole: string;
  readonly trustDomain: string | undefined;
  /** One line under the title. */
  readonly note: string;
  readonly validity: Validity | undefined;
  readonly facts: ChainFacts;
  readonly problems: readonly ChainProblem[];
  /** Not there: what would be needed. */
  readonly missing: boolean;
  /** Can be looked at whole: fingerprint of a certificate, or "token". */
  readonly selects: string | undefined;
}

/** What joins a node to the next one. */
export interface ChainJoint {
  readonly label: string;
  readonly state: 'holds' | 'broken' | 'unknown';
  readonly problems: readonly ChainProblem[];
}

export interface ChainStep {
  readonly node: ChainNode;
  /** Absent on the last. */
  readonly link?: ChainJoint;
}

export interface ChainContext {
  /** The bundle judged against: its sequence and source; undefined when there is none. */
  readonly bundle: { readonly trustDomain: string; readonly note: string } | undefined;
  /** Which SVID of a Workload API response. */
  readonly svid?: number;
  /** The key that signed, where it is known: it stands where the bundle has none. */
  readonly signer?: NearKey | undefined;
}

/** The document, what vouches for it, and the bundle that vouches for that; empty when there is no such chain. */
export function chainOf(judgement: Judgement, context: ChainContext): ChainStep[] {
  const { decoded } = judgement;
  if (decoded.type === 'x509-svid') return certificateChain(decoded, judgement, context);
  if (decoded.type === 'jwt-svid' || decoded.type === 'wit-svid')
    return tokenChain(decoded, judgement, context);
  if (decoded.type !== 'workload-x509-response') return [];
  const chosen = decoded.svids[context.svid ?? 0]?.svid;
  // Its bundle came in the same response.
  const own = { bundle: { trustDomain: '', note: 'in the same response' } };
  return chosen?.type === 'x509-svid' ? certificateChain(chosen, judgement, own) : [];
}

/** Every problem of the picture, from the document on, with where it is: for the sentences under it. */
export function breaksOf(
  steps: readonly ChainStep[],
): readonly { readonly place: string; readonly problem: ChainProblem }[] {
  return steps.flatMap(({ node, link }, index) => {
    const next = steps[index + 1]?.node;
    const between = next
      ? `between the ${node.role} and the ${next.missing ? 'authority' : next.role}`
      : node.role;
    return [
      ...node.problems.map((problem) => ({ place: `at the ${node.role}`, problem })),
      ...(link?.problems ?? []).map((problem) => ({ place: between, problem })),
    ];
  });
}

/** Clauses that say a certificate and the next one do not belong together: the link breaks, not what stands at its end. */
const ofLink = new Set(['X-15', 'X-17']);

function certificateChain(decoded: DecodedX509, judgement: Judgement, context: ChainContext): ChainStep[] {
  const found = decoded.chain.length > 0 ? decoded.chain : decoded.certificates.slice(0, 10).map(unlinked);
  const steps = found.map((link, index): ChainStep => {
    const next = found[index + 1];
    const role = link.source === 'bundle' ? 'authority in the bundle' : index === 0 ? 'leaf' : 'intermediate';
    const node = certificateNode(link, role);
    if (link.source === 'bundle' && !next)
      return { node, link: { label: 'in', state: 'holds', problems: [] } };
    const problems = [
      ...problemsOf(link).filter(({ clause }) => clause === 'X-15'),
      ...(next ? problemsOf(next).filter(({ clause }) => clause === 'X-17') : []),
    ];
    if (!next) return { node, link: openEnd(problems, judgement, context) };
    const signed = !problems.some(({ clause }) => clause === 'X-15');
    return {
      node,
      link: {
        label: signed ? 'signed by' : 'not signed by',
        state: problems.length > 0 ? 'broken' : 'holds',
        problems,
      },
    };
  });
  const end = found.at(-1);
  const trustDomain = decoded.bundle ?? trustDomainOf(decoded.certificates[0]?.spiffeId);
  return [
    ...steps,
    ...(end && end.source !== 'bundle' ? [missingAuthority(end.certificate, context)] : []),
    { node: bundleNode(context, trustDomain) },
  ];
}

function unlinked(certificate: DecodedCertificate): ChainLink {
  return { certificate, source: 'document', problems: [], clauses: [] };
}

function problemsOf({ problems, clauses }: ChainLink): readonly ChainProblem[] {
  return problems.map((words, index) => ({ words, clause: clauses[index] }));
}

/** The chain ends before the bundle: a broken link when there was a bundle to reach, unknown when there was none. */
function openEnd(
  problems: readonly ChainProblem[],
  { checks }: Judgement,
  { bundle, signer }: ChainContext,
): ChainJoint {
  const chosen = checks.find((check) => check.id === 'X-14');
  const why = chosen?.verdict === 'fail' ? [{ clause: 'X-14', words: chosen.evidence }] : problems;
  if (signer?.relation === 'signed') return { label: 'signed by', state: 'broken', problems: why };
  return {
    label: bundle ? 'not signed by' : 'signed by?',
    state: bundle ? 'broken' : 'unknown',
    problems: why,
  };
}

/** What stands where the bundle has nothing: the key that did sign, when it is known from elsewhere, or what is needed. */
function missingAuthority(certificate: DecodedCertificate, { signer, bundle }: ChainContext): ChainStep {
  const issuer = certificate.issuer || 'the issuer of the last certificate';
  const facts = { subject: certificate.issuer, subjectKeyId: certificate.authorityKeyId };
  return {
    node:
      signer?.relation === 'signed'
        ? signerNode(signer)
        : { ...nowhere, title: 'none found', whole: issuer, note: `needed: ${issuer}`, facts },
    link: { label: 'not in', state: bundle ? 'broken' : 'unknown', problems: [] },
  };
}

const nowhere = {
  key: 'missing',
  role: 'authority',
  trustDomain: undefined,
  validity: undefined,
  problems: [],
  missing: true,
  selects: undefined,
} as const;

function signerNode({ places: [place], name, keyId, keyType }: NearKey): ChainNode {
  const title = name || keyId || 'a key without a name';
  return {
    ...nowhere,
    role: place?.older
      ? 'authority, rotated out'
      : place?.own
        ? 'authority of another copy'
        : 'authority of another trust domain',
    trustDomain: place?.trustDomain,
    title,
    whole: title,
    note: keyType,
    facts: { keyType, subject: name, subjectKeyId: keyId },
  };
}

function certificateNode(link: ChainLink, role: string): ChainNode {
  const { certificate } = link;
  const whole = certificate.spiffeId ?? (certificate.subject || `serial ${certificate.serial}`);
  const trustDomain = trustDomainOf(certificate.spiffeId);
  return {
    key: certificate.fingerprint,
    role,
    title:
      pathOf(certificate.spiffeId) ??
      (trustDomain === undefined ? whole : certificate.subject || 'authority'),
    whole,
    trustDomain,
    note: [certificate.keyType, certificate.isCa ? 'CA' : ''].filter(Boolean).join(' · '),
    validity: validityBetween(certificate.notBefore, certificate.notAfter),
    facts: certificate,
    problems: problemsOf(link).filter(({ clause }) => clause === undefined || !ofLink.has(clause)),
    missing: false,
    selects: certificate.fingerprint,
  };
}

const tokenRows = {
  'jwt-svid': { signature: 'J-14', time: ['J-11', 'J-12', 'J-13'] },
  'wit-svid': { signature: 'T-12', time: ['T-07', 'T-08'] },
} as const;

function tokenChain(decoded: DecodedJwt, judgement: Judgement, context: ChainContext): ChainStep[] {
  const rows = tokenRows[decoded.type];
  const check = judgement.checks.find((one) => one.id === rows.signature);
  const problems = judgement.checks
    .filter((one) => one.verdict === 'fail' && (rows.time as readonly string[]).includes(one.id))
    .map((one) => ({ clause: one.id, words: one.evidence }));
  const key = decoded.signedBy;
  const keyId = key?.keyId ?? decoded.keyId;
  const failed = check?.verdict === 'fail';
  const elsewhere = !key && context.signer?.relation === 'signed' ? context.signer : undefined;
  // The bundle has the key that the token names, only that it did not sign it.
  const named = !key && context.signer?.relation === 'key-id' ? context.signer : undefined;
  const [place] = named?.places ?? [];
  const inBundle =
    key ??
    (place?.chosen && !place.older && named ? { ...named, trustDomain: place.trustDomain } : undefined);
  return [
    {
      node: {
        key: 'token',
        role: 'token',
        title: pathOf(decoded.subject) ?? decoded.subject ?? 'no subject',
        whole: decoded.subject ?? 'no subject',
        trustDomain: trustDomainOf(decoded.subject),
        note: [decoded.algorithm, decoded.audience.length > 0 ? `for ${decoded.audience.join(', ')}` : '']
          .filter(Boolean)
          .join(' · '),
        validity: validityBetween(decoded.notBefore ?? decoded.issuedAt, decoded.expiresAt),
        facts: { keyType: decoded.algorithm, authorityKeyId: decoded.keyId },
        problems,
        missing: false,
        selects: 'token',
      },
      link: {
        label: key || elsewhere ? 'signed by' : failed && context.bundle ? 'not signed by' : 'signed by?',
        state: key ? 'holds' : failed && context.bundle ? 'broken' : 'unknown',
        problems: failed ? [{ clause: check.id, words: check.evidence }] : [],
      },
    },
    {
      node: elsewhere
        ? signerNode(elsewhere)
        : {
            ...nowhere,
            key: 'key',
            role: inBundle ? 'authority in the bundle' : 'authority',
            title: keyId ?? (key ? 'without a key id' : 'none found'),
            whole: keyId ?? '',
            trustDomain: inBundle?.trustDomain,
            note: inBundle?.keyType ?? 'needed: the key with this id',
            facts: { keyType: inBundle?.keyType, subjectKeyId: keyId },
            missing: !inBundle,
          },
      link: inBundle
        ? { label: 'in', state: 'holds', problems: [] }
        : { label: 'not in', state: context.bundle ? 'broken' : 'unknown', problems: [] },
    },
    { node: bundleNode(context, decoded.trustDomain) },
  ];
}

function bundleNode({ bundle }: ChainContext, trustDomain: string | undefined): ChainNode {
  const name = bundle?.trustDomain || trustDomain;
  return {
    key: 'bundle',
    role: 'bundle',
    title: name ?? 'none',
    whole: name ?? 'none',
    trustDomain: name,
    note: bundle?.note ?? 'not known here: drop it beside the document',
    validity: undefined,
    facts: {},
    problems: [],
    missing: !bundle,
    selects: undefined,
  };
}
