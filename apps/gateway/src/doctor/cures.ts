import type { Cure, PairFacts } from './facts.ts';

const act = (title: string, action: string, input: Cure['input']): Cure => ({
  title,
  action,
  input,
  link: '',
});
const go = (title: string, link: string): Cure => ({ title, action: '', input: undefined, link });

const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();

/** The server fetches from the endpoint now. */
export function refresh({ connection, peer, relationship, copy }: PairFacts): Cure[] {
  // https_spiffe without a bundle cannot be refreshed: nothing authenticates the endpoint.
  if (!relationship || (relationship.profile === 'https_spiffe' && !copy)) return [];
  return [act(`Refresh the copy of ${peer}`, 'federation.refresh', { connection, trust_domain: peer })];
}

/** Copies the peer's own bundle over, where its server is connected here; else a person brings the file. */
export function setBundle({ connection, peer, peerServer }: PairFacts): Cure[] {
  if (peerServer)
    return [
      act(`Copy the bundle from ${peerServer.connection}`, 'bundle.set', {
        connection,
        trust_domain: peer,
        from: peerServer.connection,
      }),
    ];
  return [go('Set the bundle from a file…', `/trust-domains?${query({ task: 'set', connection, peer })}`)];
}

export function edit({ connection, peer }: PairFacts, title = 'Edit the relationship…'): Cure[] {
  return [go(title, `/federation?${query({ task: 'edit', connection, peer })}`)];
}

export function update(facts: PairFacts, title: string, set: Record<string, string>): Cure[] {
  const { connection, peer } = facts;
  return [act(title, 'federation.update', { connection, trust_domain: peer, set })];
}

/** Makes the relationship, where another server shows how the endpoint is reached. */
export function createRelationship({ connection, peer, knownRoute }: PairFacts): Cure[] {
  if (knownRoute && knownRoute.profile !== '')
    return [
      act(`Create the relationship with ${peer}`, 'federation.create', {
        connection,
        trust_domain: peer,
        bundle_endpoint_url: knownRoute.bundleEndpointUrl,
        profile: knownRoute.profile,
        ...(knownRoute.profile === 'https_spiffe' ? { endpoint_spiffe_id: knownRoute.endpointSpiffeId } : {}),
      }),
    ];
  return [
    go(`Create the relationship with ${peer}…`, `/federation?${query({ task: 'new', connection, peer })}`),
  ];
}

/** The same for the peer's server, towards us. */
export function createBack({ connection, trustDomain, peerServer, knownRouteBack }: PairFacts): Cure[] {
  if (!peerServer) return [];
  const there = peerServer.connection;
  const cures: Cure[] = [];
  if (!peerServer.copy || peerServer.copy.keys.length === 0)
    cures.push(
      act(`Give ${there} the bundle of ${trustDomain}`, 'bundle.set', {
        connection: there,
        trust_domain: trustDomain,
        from: connection,
      }),
    );
  if (peerServer.relationship) return cures;
  if (knownRouteBack && knownRouteBack.profile !== '')
    cures.push(
      act(`Create the relationship on ${there}`, 'federation.create', {
        connection: there,
        trust_domain: trustDomain,
        bundle_endpoint_url: knownRouteBack.bundleEndpointUrl,
        profile: knownRouteBack.profile,
        ...(knownRouteBack.profile === 'https_spiffe'
          ? { endpoint_spiffe_id: knownRouteBack.endpointSpiffeId }
          : {}),
      }),
    );
  else
    cures.push(
      go(
        `Create the relationship on ${there}…`,
        `/federation?${query({ task: 'new', connection: there, peer: trustDomain })}`,
      ),
    );
  return cures;
}

export function deleteBundle({ connection, peer, entries }: PairFacts): Cure[] {
  return [
    act(`Delete the copy of ${peer}`, 'bundle.delete', {
      connection,
      trust_domain: peer,
      mode: entries > 0 ? 'dissociate' : 'restrict',
    }),
  ];
}

export function showEntries({ peer, trustDomain, entries }: PairFacts): Cure[] {
  if (entries === 0) return [];
  return [go(`Show the ${entries} entries`, `/entries?${query({ fed: peer, td: trustDomain })}`)];
}
