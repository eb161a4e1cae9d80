import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  BundleEndpointProfile,
  DiagnoseFederationResponseSchema,
  FederationFindingSchema,
  FederationRelationshipSchema,
  ListFederationResponseSchema,
  Severity,
} from '@muster/api';
import type { FederationFinding, FederationRelationship, TrustDomainService } from '@muster/api';
import { quote } from '@muster/domain';
import { diagnose } from '../doctor/diagnose.ts';
import type { Finding, Grade, PairFacts, ProbeFacts } from '../doctor/facts.ts';
import { firstExpiry } from '../doctor/keys.ts';
import type { EndpointProfile } from '../upstream/spire/federation-rows.ts';
import { listFederationCommand, showFederationCommand } from '../upstream/spire/federation-commands.ts';
import { moment } from './bundle-facts.ts';
import { noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';
import { pairsOf, readServers } from './federation-facts.ts';
import type { ServerFacts, Unread } from './federation-facts.ts';

type Service = Partial<ServiceImpl<typeof TrustDomainService>>;

/** Relationships, the map of trust domains, and the doctor; part of the TrustDomainService. */
export function federation(context: ViewContext): Pick<Service, 'listFederation' | 'diagnoseFederation'> {
  return {
    async listFederation({ trustDomains }) {
      const wanted = new Set(trustDomains.map((name) => name.replace(/^spiffe:\/\//u, '')));
      const inScope = (name: string): boolean => wanted.size === 0 || wanted.has(name);
      const { servers, unread } = await readServers(context);
      const shown = servers.filter(({ trustDomain }) => inScope(trustDomain));
      const pairs = pairsOf(servers, unread, context.now(), (server) => inScope(server.trustDomain)).map(
        (facts) => ({ facts, worst: diagnose(facts)[0] }),
      );
      const [first] = shown;
      return create(ListFederationResponseSchema, {
        relationships: pairs.map(({ facts, worst }) =>
          toRelationship(facts, worst, addressOf(servers, facts)),
        ),
        nodes: nodesOf(
          shown,
          unread,
          pairs.map(({ facts }) => facts),
        ),
        edges: pairs.map(({ facts, worst }) => edgeOf(facts, worst)),
        unread: unread.filter(({ trustDomain }) => trustDomain === '' || inScope(trustDomain)),
        ...(first ? { command: listFederationCommand(first.connection.config.address) } : {}),
      });
    },

    async diagnoseFederation({ connection, peer, probe }) {
      const all = context.connections.spire;
      if (connection !== '' && !all.some(({ link }) => link.name === connection))
        throw noSuchConnection(connection, all);
      const { servers, unread } = await readServers(context);
      const bare = peer.replace(/^spiffe:\/\//u, '');
      const of = (server: ServerFacts): boolean => connection === '' || server.name === connection;
      const pairs = pairsOf(
        servers,
        unread,
        context.now(),
        (server, name) => of(server) && (bare === '' || name === bare),
      );
      // An answer without findings would say that all is well between them.
      const away = unread.some((one) => connection === '' || one.connection === connection);
      if (bare !== '' && pairs.length === 0 && !away)
        throw noSuchPeer(bare, pairsOf(servers, unread, context.now(), of));
      const asked = probe ? await Promise.all(pairs.map((facts) => ask(context, servers, facts))) : pairs;
      const results = asked.map((facts) => ({ facts, findings: diagnose(facts) }));
      return create(DiagnoseFederationResponseSchema, {
        findings: results.flatMap(({ facts, findings }) =>
          findings.map((finding) => toFinding(facts, finding)),
        ),
        lookedAt: results.map(({ facts, findings }) =>
          toRelationship(facts, findings[0], addressOf(servers, facts)),
        ),
        probes: asked.flatMap((facts) => (facts.probe ? [toProbe(facts, facts.probe, context.now())] : [])),
        unread: unread.filter((one) => connection === '' || one.connection === connection),
      });
    },
  };
}

function noSuchPeer(peer: string, there: readonly PairFacts[]): ConnectError {
  const names = [...new Set(there.map((one) => one.peer))];
  const known = names.length === 0 ? 'it federates with none' : `there are ${names.slice(0, 20).join(', ')}`;
  return new ConnectError(
    `peer: no server that was asked has a relationship or a bundle of ${quote(peer.slice(0, 255))}; ${known}.`,
    Code.NotFound,
  );
}

const addressOf = (servers: readonly ServerFacts[], { connection }: PairFacts): string =>
  servers.find(({ name }) => name === connection)?.connection.config.address ?? '';

async function ask(
  { prober }: ViewContext,
  servers: readonly ServerFacts[],
  facts: PairFacts,
): Promise<PairFacts> {
  const { relationship } = facts;
  const server = servers.find(({ name }) => name === facts.connection);
  if (!relationship || !server) return facts;
  const authorities = (trustDomain: string): readonly Uint8Array[] =>
    [server.own, ...server.copies]
      .find((bundle) => bundle.trustDomain === trustDomain)
      ?.x509.map(({ der }) => der) ?? [];
  return { ...facts, probe: await prober.probe(relationship, authorities) };
}

const severities: Record<Grade, Severity> = {
  info: Severity.INFO,
  warning: Severity.WARNING,
  danger: Severity.DANGER,
};

const profiles: Record<EndpointProfile | '', BundleEndpointProfile> = {
  '': BundleEndpointProfile.UNSPECIFIED,
  https_web: BundleEndpointProfile.HTTPS_WEB,
  https_spiffe: BundleEndpointProfile.HTTPS_SPIFFE,
};

function toRelationship(
  facts: PairFacts,
  worst: Finding | undefined,
  address: string,
): FederationRelationship {
  const { relationship, copy, connection, trustDomain, peer } = facts;
  return create(FederationRelationshipSchema, {
    connection,
    trustDomain,
    peer,
    bundleEndpointUrl: relationship?.bundleEndpointUrl ?? '',
    profile: profiles[relationship?.profile ?? ''],
    endpointSpiffeId: relationship?.endpointSpiffeId ?? '',
    entries: BigInt(facts.entries),
    hasBundle: copy !== undefined,
    hasRelationship: relationship !== undefined,
    peerConnection: facts.peerServer?.connection ?? facts.peerUnread?.connection ?? '',
    severity: worst ? severities[worst.grade] : Severity.UNSPECIFIED,
    reason: worst?.title ?? '',
    refreshHint: BigInt(copy?.refreshHint ?? 0),
    x509Authorities: copy?.keys.filter(({ kind }) => kind === 'x509').length ?? 0,
    jwtAuthorities: copy?.keys.filter(({ kind }) => kind === 'jwt').length ?? 0,
    firstExpiry: moment(copy && firstExpiry(copy.keys)),
    ...(copy?.changedAt ? { bundleChangedAt: timestampFromDate(copy.changedAt) } : {}),
    ...(relationship ? { command: showFederationCommand(address, peer) } : {}),
  });
}

type Node = NonNullable<MessageInitShape<typeof ListFederationResponseSchema>['nodes']>[number];
type Edge = NonNullable<MessageInitShape<typeof ListFederationResponseSchema>['edges']>[number];

/** Servers first, then those known from them only. Two servers of one trust domain are one node. */
function nodesOf(
  servers: readonly ServerFacts[],
  unread: readonly Unread[],
  pairs: readonly PairFacts[],
): Node[] {
  const nodes = new Map<string, Node>();
  for (const { trustDomain, name, allEntries } of servers)
    if (!nodes.has(trustDomain))
      nodes.set(trustDomain, { trustDomain, connection: name, entries: BigInt(allEntries) });
  for (const { trustDomain, connection, reason } of unread)
    if (trustDomain !== '' && !nodes.has(trustDomain))
      nodes.set(trustDomain, { trustDomain, connection, problem: reason });
  for (const { peer, peerServer } of pairs)
    if (!nodes.has(peer)) nodes.set(peer, { trustDomain: peer, connection: peerServer?.connection ?? '' });
  return [...nodes.values()];
}

function edgeOf(facts: PairFacts, worst: Finding | undefined): Edge {
  return {
    from: facts.trustDomain,
    to: facts.peer,
    severity: worst ? severities[worst.grade] : Severity.UNSPECIFIED,
    reason: worst?.title ?? '',
    hasBundle: facts.copy !== undefined,
    hasRelationship: facts.relationship !== undefined,
  };
}

function toFinding({ connection, peer }: PairFacts, finding: Finding): FederationFinding {
  return create(FederationFindingSchema, {
    connection,
    peer,
    code: finding.code,
    severity: severities[finding.grade],
    title: finding.title,
    detail: finding.detail,
    unknown: finding.unknown,
    remedies: finding.cures.map(({ title, action, input, link }) => ({
      title,
      action,
      inputJson: input === undefined ? '' : JSON.stringify(input),
      link,
    })),
  });
}

function toProbe({ connection, peer, relationship }: PairFacts, probe: ProbeFacts, at: Date) {
  return {
    connection,
    peer,
    url: relationship?.bundleEndpointUrl ?? '',
    problem: probe.problem,
    presented: probe.presented,
    sequence: probe.sequence,
    refreshHint: probe.refreshHint,
    x509Authorities: probe.keys.filter(({ kind }) => kind === 'x509').length,
    jwtAuthorities: probe.keys.filter(({ kind }) => kind === 'jwt').length,
    at: timestampFromDate(at),
  };
}
