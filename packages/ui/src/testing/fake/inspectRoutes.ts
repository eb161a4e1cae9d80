import {
  ContextTone,
  ContextTopic,
  EndpointKind,
  EndpointProblem,
  InspectService,
  type GetContextRequest,
} from '@muster/api';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';

const at = (ms: number) => timestampFromMs(Date.now() + ms);
const minute = 60_000;

/** What was asked, so that specs can look for what must not be in it. */
export const askedContexts: GetContextRequest[] = [];

/** Sentinels: a path ending in /gone has no entry any more; /broken fails; an endpoint at 10.x is forbidden, one named nope. is bad input. */
export function inspectRoutes(router: ConnectRouter): void {
  router.service(InspectService, {
    getContext: (request) => {
      askedContexts.push(request);
      if (request.spiffeId.endsWith('/broken')) throw new ConnectError('It broke.', Code.FailedPrecondition);
      return request.spiffeId.endsWith('/gone') ? gone(request) : there(request);
    },
    probeEndpoint: ({ target, kind, endpointSpiffeId }) => {
      if (target.startsWith('nope'))
        throw new ConnectError('target: Its port is missing: host:port.', Code.InvalidArgument);
      const about = { kind, target, at: at(0) };
      if (target.includes('10.'))
        return {
          ...about,
          problem: EndpointProblem.POLICY,
          reason: '10.0.0.1 leads to a private address (RFC 1918), which this gateway does not ask.',
          remedy: 'In muster.yaml, probe.allow.',
        };
      if (endpointSpiffeId.endsWith('/wrong'))
        return {
          ...about,
          address: '203.0.113.7:8443',
          problem: EndpointProblem.IDENTITY,
          reason: 'It presents spiffe://org-b.test/spire/server.',
          presentedId: 'spiffe://org-b.test/spire/server',
        };
      return kind === EndpointKind.TLS
        ? {
            ...about,
            address: '203.0.113.7:8443',
            chainPem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
            certificates: 1,
            protocol: 'TLSv1.3',
            cipher: 'TLS_AES_128_GCM_SHA256',
            alpn: 'h2',
            keyProved: true,
            asksClientCertificate: true,
          }
        : {
            ...about,
            address: '203.0.113.7:8443',
            document: new TextEncoder().encode('{"keys":[],"spiffe_sequence":7}'),
            presentedId: endpointSpiffeId,
            authenticatedBy: 'As it should be.',
            trustDomain: 'org-b.test',
          };
    },
  });
}

const about = { connection: 'spire-org-a', asOf: at(-4000) };

function there({ spiffeId }: GetContextRequest) {
  return {
    summary: 'One registration entry issues it; signed by the active authority.',
    tone: ContextTone.GOOD,
    at: at(0),
    findings: [
      {
        ...about,
        topic: ContextTopic.ENTRY,
        code: 'entry-issues',
        tone: ContextTone.GOOD,
        title: 'One registration entry issues it',
        text: `Entry 1260e512 on spire-org-a has this SPIFFE ID, ${spiffeId}.`,
        links: [{ text: 'Entry 1260e512…', link: '/entries?id=spire-org-a%2F1260e512' }],
      },
      {
        ...about,
        topic: ContextTopic.AUTHORITY,
        code: 'authority-active',
        tone: ContextTone.GOOD,
        title: 'Signed by the active authority',
        text: 'By its key identifier.',
        links: [{ text: 'Elsewhere', link: 'https://evil.example/' }],
      },
      {
        topic: ContextTopic.USE,
        code: 'slim-unmapped',
        tone: ContextTone.UNKNOWN,
        title: 'SLIM channels of it are not known',
        text: 'SLIM has no rule from a SPIFFE ID to a member.',
      },
    ],
    entries: [{ entry: { connection: 'spire-org-a', id: '1260e512', spiffeId }, couldIssue: true }],
  };
}

function gone({ spiffeId }: GetContextRequest) {
  return {
    summary: 'Its entry is gone.',
    tone: ContextTone.DANGER,
    at: at(0),
    findings: [
      {
        ...about,
        topic: ContextTopic.ENTRY,
        code: 'entry-gone',
        tone: ContextTone.DANGER,
        title: 'Its entry is gone',
        text: 'Entry 1260e512 was deleted. Whoever holds the SVID keeps it until it expires.',
      },
      {
        topic: ContextTopic.USE,
        code: 'audience-wide',
        tone: ContextTone.WARNING,
        title: 'For 2 audiences',
        text: 'Each of them can use the token to be its subject towards the others.',
      },
    ],
    gone: [
      {
        id: 7n,
        connection: 'spire-org-a',
        target: spiffeId,
        entryId: '1260e512',
        seenAt: at(-3 * minute),
        origin: 'Made elsewhere, or by the server itself.',
      },
    ],
  };
}
