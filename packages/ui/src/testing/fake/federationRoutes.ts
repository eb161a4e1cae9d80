import { BundleEndpointProfile, KeySide, Severity, TrustDomainService } from '@muster/api';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { AUTHORITY_DER } from './certificate.ts';

const { listBundles, getBundle, compareBundles, listFederation, diagnoseFederation } =
  TrustDomainService.method;
const at = (ms: number) => timestampFromMs(Date.now() + ms);
const hour = 3_600_000;

const COPIES = [
  ['org-a.test', 'spire-org-a', true],
  ['org-b.test', 'spire-org-a', false],
  ['partner.test', 'spire-org-a', false],
  ['org-b.test', 'spire-org-b', true],
] as const;

const bundles = () =>
  COPIES.map(([trustDomain, connection, own]) => ({
    trustDomain,
    connection,
    own,
    x509Authorities: [
      {
        der: AUTHORITY_DER,
        tainted: false,
        fingerprint: '5b0f'.repeat(16),
        subject: 'C=US, O=SPIFFE, CN=org-a.test',
        serial: '6a058bf1',
        keyType: 'EC P-256',
        notBefore: at(-12 * hour),
        notAfter: at(3000 * hour),
      },
    ],
    jwtAuthorities: [
      {
        keyId: 'oSaGNPX8ppl9y6bsNS9a7NZriWM5XHLDm',
        tainted: !own,
        keyType: 'EC P-256',
        fingerprint: '77aa'.repeat(16),
        ...(own ? { expiresAt: at(23 * hour) } : {}),
      },
    ],
    refreshHint: own ? 0n : 300n,
    sequenceNumber: own ? 14n : 0n,
    spiffeJson: '{"keys":[],"spiffe_sequence":14,"spiffe_refresh_hint":300}',
    pem: '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
    readAt: at(-120_000),
    firstExpiry: at(23 * hour),
    entries: own ? 0n : 7n,
    versions: [at(-hour), at(-30 * hour)],
    changedAt: at(-hour),
  }));

const relationships = () => [
  {
    connection: 'spire-org-a',
    trustDomain: 'org-a.test',
    peer: 'org-b.test',
    bundleEndpointUrl: 'https://spire.org-b.test:8443',
    profile: BundleEndpointProfile.HTTPS_SPIFFE,
    endpointSpiffeId: 'spiffe://org-b.test/spire/server',
    entries: 7n,
    hasBundle: true,
    hasRelationship: true,
    peerConnection: 'spire-org-b',
    x509Authorities: 1,
    jwtAuthorities: 1,
    firstExpiry: at(23 * hour),
    command: { tool: 'spire-server', line: 'spire-server federation show -trustDomain org-b.test' },
  },
  {
    connection: 'spire-org-a',
    trustDomain: 'org-a.test',
    peer: 'partner.test',
    entries: 1n,
    hasBundle: true,
    severity: Severity.WARNING,
    reason: 'The copy of partner.test is never refreshed',
    x509Authorities: 1,
    jwtAuthorities: 1,
  },
  {
    connection: 'spire-org-b',
    trustDomain: 'org-b.test',
    peer: 'org-a.test',
    bundleEndpointUrl: 'https://spire.org-a.test:8443',
    profile: BundleEndpointProfile.HTTPS_SPIFFE,
    endpointSpiffeId: 'spiffe://org-a.test/other',
    hasBundle: true,
    hasRelationship: true,
    peerConnection: 'spire-org-a',
    severity: Severity.DANGER,
    reason: 'A key of org-a.test missing: JWT-SVIDs signed by it fail here',
    x509Authorities: 1,
  },
];

const findings = (probe: boolean) => [
  {
    connection: 'spire-org-a',
    peer: 'partner.test',
    code: 'no-relationship',
    severity: Severity.WARNING,
    title: 'The copy of partner.test is never refreshed',
    detail: 'There is no relationship with partner.test.',
    remedies: [
      {
        title: 'Create the relationship with partner.test…',
        link: '/federation?task=new&connection=spire-org-a&peer=partner.test',
      },
      { title: 'Elsewhere', link: 'https://evil.test/' },
    ],
  },
  {
    connection: 'spire-org-b',
    peer: 'org-a.test',
    code: probe ? 'wrong-endpoint-id' : 'key-missing',
    severity: Severity.DANGER,
    title: probe
      ? 'The endpoint of org-a.test has another SPIFFE ID than the one expected'
      : 'A key of org-a.test missing: JWT-SVIDs signed by it fail here',
    detail: 'JWT key oSaGNPX8.',
    unknown: 'Which key the peer signs with at this moment.',
    remedies: [
      {
        title: 'Refresh the copy of org-a.test',
        action: 'federation.refresh',
        inputJson: '{"connection":"spire-org-b","trust_domain":"org-a.test"}',
      },
    ],
  },
];

/** Bundles, federations and what the doctor says. Comparing with `fail.test` fails. */
export function federationRoutes(router: ConnectRouter): void {
  router.rpc(listBundles, ({ connection }) => ({
    bundles: bundles().filter((one) => !connection || one.connection === connection),
    command: { tool: 'spire-server', line: 'spire-server bundle list -format spiffe' },
  }));
  router.rpc(getBundle, ({ connection, trustDomain }) => ({
    bundle: bundles().find((one) => one.connection === connection && one.trustDomain === trustDomain),
    copies: bundles()
      .filter((one) => one.trustDomain === trustDomain && one.connection !== connection)
      .map((one) => ({
        connection: one.connection,
        own: one.own,
        same: false,
        difference: 'it lacks 1 JWT key.',
      })),
    command: {
      tool: 'spire-server',
      line: `spire-server bundle list -id spiffe://${trustDomain} -format spiffe`,
    },
  }));
  router.rpc(compareBundles, ({ left, right }) => {
    if (left?.trustDomain === 'fail.test')
      throw new ConnectError('left: there is no such copy.', Code.NotFound);
    return {
      keys: [
        {
          kind: 'x509',
          id: '5b0f'.repeat(16),
          text: 'CN=org-a.test',
          side: KeySide.BOTH,
          expiresAt: at(hour),
        },
        { kind: 'jwt', id: 'next', text: 'EC P-256', side: KeySide.LEFT_ONLY },
      ],
      summary: '1 JWT key on the left only.',
      leftAt: left?.at ?? at(0),
      rightAt: right?.at ?? at(0),
    };
  });
  router.rpc(listFederation, () => ({
    relationships: relationships(),
    nodes: [
      { trustDomain: 'org-a.test', connection: 'spire-org-a', entries: 120n },
      { trustDomain: 'org-b.test', connection: 'spire-org-b', entries: 80n },
      { trustDomain: 'partner.test' },
    ],
    edges: relationships().map(({ trustDomain, peer, severity = 0, reason = '', hasBundle, ...more }) => ({
      from: trustDomain,
      to: peer,
      severity,
      reason,
      hasBundle,
      hasRelationship: more.hasRelationship ?? false,
    })),
    unread: [
      { connection: 'spire-org-c', trustDomain: 'org-c.test', reason: 'Nothing listens at its address.' },
    ],
  }));
  router.rpc(diagnoseFederation, ({ connection, peer, probe }) => {
    const of = (one: { connection: string; peer: string }) =>
      (!connection || one.connection === connection) && (!peer || one.peer === peer);
    return {
      findings: findings(probe).filter(of),
      lookedAt: relationships().filter(of),
      probes: probe
        ? relationships()
            .filter((one) => of(one) && one.bundleEndpointUrl)
            .map((one) => ({
              connection: one.connection,
              peer: one.peer,
              url: one.bundleEndpointUrl ?? '',
              presented: `spiffe://${one.peer}/spire/server`,
              sequence: '14',
              refreshHint: '300',
              x509Authorities: 1,
              jwtAuthorities: 2,
              at: at(0),
            }))
        : [],
    };
  });
}
