import { looksPrivate } from '../../upstream/bundle-endpoint/address.ts';
import { readEndpointUrl } from '../../upstream/bundle-endpoint/url.ts';
import { edit, refresh, setBundle, update } from '../cures.ts';
import type { Finding, PairFacts, Rule } from '../facts.ts';
import { compareKeys, keyName } from '../keys.ts';

/** What the settings of the relationship say, before anything is asked. */
export const settings: Rule = (facts) => {
  const { relationship, peer, copies, trustDomain } = facts;
  if (!relationship) return [];
  const out: Finding[] = [];
  const url = readEndpointUrl(relationship.bundleEndpointUrl);
  if (!url.ok)
    out.push({
      code: 'bad-url',
      grade: 'danger',
      title: `The URL of ${peer}’s bundle endpoint cannot be used`,
      detail: url.problem,
      unknown: '',
      cures: edit(facts),
    });
  else {
    if (url.value.port === 8081)
      out.push({
        code: 'api-port',
        grade: 'warning',
        title: `Port 8081 is a SPIRE server’s API, not its bundle endpoint`,
        detail: `${relationship.bundleEndpointUrl} leads to the port agents and administrators use by default. The bundle endpoint is a listener of its own, on 8443 in most installations (server.conf: federation { bundle_endpoint { port } }).`,
        unknown: 'Which port this peer chose.',
        cures: edit(facts, 'Correct the URL…'),
      });
    // Of a server that is connected here the address is no surprise.
    if (looksPrivate(url.value.host) && !facts.peerServer)
      out.push({
        code: 'local-address',
        grade: 'info',
        title: `The endpoint of ${peer} is named by an address of this network`,
        detail: `${url.value.host} leads to another machine, or nowhere, when the server moves.`,
        unknown: '',
        cures: [],
      });
  }
  if (relationship.profile === '')
    out.push({
      code: 'wrong-profile',
      grade: 'danger',
      title: `The endpoint profile of ${peer} is not known`,
      detail: 'The server names a profile that is neither https_web nor https_spiffe.',
      unknown: '',
      cures: edit(facts),
    });
  if (relationship.profile !== 'https_spiffe') return out;
  const id = /^spiffe:\/\/([^/]+)(\/.*)?$/u.exec(relationship.endpointSpiffeId);
  const its = id?.[1] ?? '';
  if (its !== peer) {
    const known = copies.has(its) || its === trustDomain;
    out.push({
      code: 'foreign-endpoint-id',
      grade: known ? 'info' : 'danger',
      title: `The endpoint of ${peer} is authenticated as ${its === '' ? 'nobody' : its}`,
      detail: known
        ? `${relationship.endpointSpiffeId} is of another trust domain; its bundle, which the server has, authenticates the endpoint.`
        : `${relationship.endpointSpiffeId} is of another trust domain, whose bundle the server does not have: nothing can authenticate the endpoint.`,
      unknown: known ? 'Whether that is meant.' : '',
      cures: [
        ...update(facts, `Expect spiffe://${peer}/spire/server`, {
          endpoint_spiffe_id: `spiffe://${peer}/spire/server`,
        }),
        ...edit(facts),
      ],
    });
  } else if (facts.peerServer && id?.[2] !== '/spire/server')
    out.push({
      code: 'unusual-endpoint-id',
      grade: 'info',
      title: `The endpoint of ${peer} is expected under another ID than its server’s`,
      detail: `${relationship.endpointSpiffeId}; the bundle endpoint that a SPIRE server serves itself has spiffe://${peer}/spire/server.`,
      unknown: 'Whether something else serves it. Ask the endpoint to find out.',
      cures: update(facts, `Expect spiffe://${peer}/spire/server`, {
        endpoint_spiffe_id: `spiffe://${peer}/spire/server`,
      }),
    });
  return out;
};

const from = 'Whether the SPIRE server can reach it: it was asked from the host of this gateway.';

/** What the endpoint answered when it was asked. */
export const answered: Rule = (facts) => {
  const { probe, relationship, peer } = facts;
  if (!probe || !relationship) return [];
  switch (probe.kind) {
    case 'policy':
    case 'nothing-to-check':
      return [
        {
          code: probe.kind === 'policy' ? 'endpoint-not-asked' : 'endpoint-not-authenticated',
          grade: 'info',
          title: `The endpoint of ${peer} was not asked`,
          detail: probe.problem,
          unknown: 'What the endpoint serves.',
          cures: refresh(facts),
        },
      ];
    case 'network':
      return [
        {
          code: 'endpoint-unreachable',
          grade: 'warning',
          title: `The endpoint of ${peer} does not answer`,
          detail: `${relationship.bundleEndpointUrl}: ${probe.problem}`,
          unknown: from,
          cures: [...refresh(facts), ...edit(facts)],
        },
      ];
    case 'identity':
      return [identity(facts)];
    case 'profile':
      return [
        {
          code: 'wrong-profile',
          grade: 'danger',
          title: `The endpoint of ${peer} is of the other profile`,
          detail: `${probe.problem} It was not asked in the other way: the two never stand in for each other (SPIFFE Federation 7.2).`,
          unknown: '',
          cures:
            // Only a name of the peer: the bundle we hold then has to prove it.
            relationship.profile === 'https_web' && probe.presented.startsWith(`spiffe://${peer}/`)
              ? update(facts, `Change to https_spiffe as ${probe.presented}`, {
                  profile: 'https_spiffe',
                  endpoint_spiffe_id: probe.presented,
                })
              : relationship.profile === 'https_spiffe'
                ? update(facts, 'Change to https_web', { profile: 'https_web' })
                : edit(facts),
        },
      ];
    case 'content':
      return [
        {
          code: 'endpoint-invalid',
          grade: 'danger',
          title: `What the endpoint of ${peer} serves is no usable bundle`,
          detail: probe.problem,
          unknown: '',
          cures: edit(facts),
        },
      ];
    default:
      return served(facts);
  }
};

function identity(facts: PairFacts): Finding {
  const { probe, relationship, peer } = facts;
  const presented = probe?.presented ?? '';
  const expected = relationship?.endpointSpiffeId ?? '';
  const wrongId = presented !== '' && presented !== expected;
  const proven = probe?.issuedByPeer === true;
  if (wrongId)
    return {
      code: 'wrong-endpoint-id',
      grade: 'danger',
      title: `The endpoint of ${peer} has another SPIFFE ID than the one expected`,
      detail: `It presents ${presented}; the relationship expects ${expected}. The server refuses it, and the copy gets old.`,
      unknown: proven
        ? `Whether that identity is meant to serve the bundle: any workload of the trust domain can be authenticated so.`
        : `Whether it really is ${presented}: its certificate was not issued by an authority in our copy, so it may be anybody.`,
      cures: [
        // Adopting a name that nothing proves would hand the trust over to whoever listens there.
        ...(proven ? update(facts, `Expect ${presented}`, { endpoint_spiffe_id: presented }) : []),
        ...edit(facts),
      ],
    };
  return {
    code: 'endpoint-untrusted',
    grade: 'danger',
    title: `The endpoint of ${peer} is not authenticated by our copy of its bundle`,
    detail: probe?.problem ?? '',
    unknown: 'Whether the peer rotated past our copy, or somebody else answers there.',
    cures: [...setBundle(facts), ...edit(facts)],
  };
}

/** An authenticated answer against our copy, and against the peer's own bundle. */
function served(facts: PairFacts): Finding[] {
  const { probe, copy, peer, peerServer, connection } = facts;
  if (!probe) return [];
  const out: Finding[] = [];
  if (probe.kind === 'rollback')
    out.push({
      code: 'endpoint-rollback',
      grade: 'danger',
      title: `The endpoint of ${peer} went back to an older bundle`,
      detail: `${probe.problem} Keys that were revoked may be back in it (SPIFFE Trust Domain and Bundle 4.1.1).`,
      unknown: 'Whether it is an attack, a restored backup, or one of several servers behind one name.',
      cures: [],
    });
  if (probe.findings.length > 0)
    out.push({
      code: 'endpoint-not-conformant',
      grade: 'warning',
      title: `The bundle that the endpoint of ${peer} serves breaks the specification`,
      detail: probe.findings.slice(0, 5).join(' '),
      unknown: '',
      cures: [],
    });
  if (copy) {
    const pairs = compareKeys(probe.keys, copy.keys);
    const missing = pairs.flatMap(({ left, right }) => (left && !right ? [left] : []));
    const extra = pairs.flatMap(({ left, right }) => (right && !left ? [right] : []));
    const other = pairs.flatMap(({ left, right }) =>
      left && right && left.fingerprint !== right.fingerprint ? [left] : [],
    );
    const parts = [
      ...(missing.length > 0
        ? [`Served and not in our copy: ${missing.slice(0, 3).map(keyName).join(', ')}.`]
        : []),
      ...(extra.length > 0
        ? [`In our copy and not served: ${extra.slice(0, 3).map(keyName).join(', ')}.`]
        : []),
      ...(other.length > 0
        ? [`Another key under the same id: ${other.slice(0, 3).map(keyName).join(', ')}.`]
        : []),
    ];
    if (parts.length > 0)
      out.push({
        code: 'endpoint-differs',
        grade: 'warning',
        title: `The endpoint of ${peer} serves other keys than the copy on ${connection}`,
        detail: parts.join(' '),
        unknown: 'When the server will ask by itself: it tries again at a quarter of the refresh hint.',
        cures: refresh(facts),
      });
  }
  if (peerServer) {
    const behind = compareKeys(peerServer.own.keys, probe.keys).flatMap(({ left, right }) =>
      left && !right && (left.notAfter ?? Infinity) > facts.now.getTime() ? [left] : [],
    );
    if (behind.length > 0)
      out.push({
        code: 'endpoint-behind',
        grade: 'warning',
        title: `The endpoint of ${peer} does not serve all keys of its server`,
        detail: `${behind.slice(0, 3).map(keyName).join(', ')} in the own bundle of ${peerServer.connection} only. A cache in front of it, or another server’s endpoint, is the usual cause.`,
        unknown: '',
        cures: setBundle(facts),
      });
  }
  return out;
}
