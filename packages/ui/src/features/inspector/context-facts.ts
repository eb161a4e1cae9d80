import { type GetContextRequestSchema, SvidKind } from '@muster/api';
import type { DecodedCertificate, DecodedJwt, DecodedX509, Judgement } from '@muster/domain';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';

export type ContextRequest = MessageInitShape<typeof GetContextRequestSchema>;

/** What the gateway is asked by, or why there is nothing to ask. */
export type ContextFacts =
  | { readonly ask: true; readonly request: ContextRequest; readonly told: readonly string[] }
  | { readonly ask: false; readonly reason: string };

const no = (reason: string): ContextFacts => ({ ask: false, reason });

/**
 * Names what of a document goes to the gateway: never the document, a token or a key (S-13, S-14). What is decoded is
 * escaped, so that an odd text is looked for in vain and does no harm.
 */
export function contextFacts({ decoded, verdict }: Judgement): ContextFacts {
  switch (decoded.type) {
    case 'x509-svid': {
      const [leaf] = decoded.certificates;
      if (!leaf) return no('There is no certificate in it.');
      if (leaf.isCa && leaf.spiffeId === undefined)
        return no('A signing certificate is issued to no workload.');
      return leaf.spiffeId !== undefined && leaf.spiffeIdValid
        ? ofCertificate(leaf, leaf.spiffeId, signerOf(decoded))
        : no('It carries no valid SPIFFE ID, and that is what entries and agents are found by.');
    }
    case 'jwt-svid':
    case 'wit-svid':
      return decoded.trustDomain !== undefined && decoded.subject !== undefined
        ? ofToken(decoded, decoded.subject)
        : no('Its subject is no valid SPIFFE ID, and that is what entries and agents are found by.');
    case 'spiffe-id':
      return verdict === 'valid'
        ? { ask: true, request: { spiffeId: decoded.id.text }, told: ['SPIFFE ID'] }
        : no('It is no valid SPIFFE ID.');
    default:
      return no('Only of an SVID, or of a SPIFFE ID, is there an entry, an agent and a use.');
  }
}

const mostNames = 100;
const mostAudiences = 64;

/** By its own word, else by the key that was found to have signed it. */
function signerOf({ certificates, chain, chainComplete }: DecodedX509): string | undefined {
  const named = certificates[0]?.authorityKeyId;
  return named ?? (chainComplete ? chain[1]?.certificate.subjectKeyId : undefined);
}

function ofCertificate(leaf: DecodedCertificate, spiffeId: string, signer: string | undefined): ContextFacts {
  return {
    ask: true,
    request: {
      spiffeId,
      kind: SvidKind.X509,
      serialNumber: leaf.serial.slice(0, 256),
      fingerprint: leaf.fingerprint,
      ...(signer === undefined ? {} : { signer: signer.slice(0, 1024) }),
      ...period(leaf.notBefore, leaf.notAfter),
      dnsNames: leaf.dnsNames.slice(0, mostNames).map((name) => name.slice(0, 255)),
    },
    told: ['SPIFFE ID', 'serial number', 'SHA-256', 'authority key identifier', 'validity', 'DNS names'],
  };
}

function ofToken(token: DecodedJwt, spiffeId: string): ContextFacts {
  return {
    ask: true,
    request: {
      spiffeId,
      kind: token.type === 'jwt-svid' ? SvidKind.JWT : SvidKind.WIT,
      ...(token.keyId === undefined ? {} : { signer: token.keyId.slice(0, 1024) }),
      ...period(token.issuedAt ?? token.notBefore, token.expiresAt),
      audiences: token.audience.slice(0, mostAudiences).map((name) => name.slice(0, 1024)),
    },
    told: ['subject', 'key id', 'validity', 'audience'],
  };
}

type Period = Pick<ContextRequest, 'notBefore' | 'expiresAt'>;

function period(from: string | undefined, to: string | undefined): Period {
  const [notBefore, expiresAt] = [moment(from), moment(to)];
  return { ...(notBefore && { notBefore }), ...(expiresAt && { expiresAt }) };
}

function moment(text: string | undefined) {
  const at = text === undefined ? undefined : new Date(text);
  return at && !Number.isNaN(at.getTime()) ? timestampFromDate(at) : undefined;
}

/** Whether the gateway runs on this machine: what a person gives is not sent beyond it unasked. */
export function onThisMachine(origin: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/u.test(hostname);
}
