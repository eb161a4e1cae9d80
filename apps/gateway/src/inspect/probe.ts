import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  BundleEndpointProfile,
  EndpointKind,
  EndpointProblem,
  ProbeEndpointResponseSchema,
} from '@muster/api';
import type { EquivalentCommand, ProbeEndpointRequest, ProbeEndpointResponse } from '@muster/api';
import { parseSpiffeId } from '@muster/domain';
import { readSpiffeBundle } from '@muster/domain/bundle';
import { ownBytes } from '@muster/domain/bytes';
import { PRIVATE_MEMBERS } from '@muster/domain/jwk';
import { badInput } from '../actions/action.ts';
import { EndpointError } from '../upstream/bundle-endpoint/endpoint-error.ts';
import type { EndpointErrorKind } from '../upstream/bundle-endpoint/endpoint-error.ts';
import type { Proof } from '../upstream/bundle-endpoint/fetch.ts';
import { readEndpointUrl } from '../upstream/bundle-endpoint/url.ts';
import { command, noCommand } from '../upstream/command.ts';
import type { BundleRow } from '../upstream/spire/rows.ts';
import { readTlsTarget } from '../upstream/tls-endpoint/target.ts';
import { toPem } from '../upstream/workload/der.ts';
import { bounded, noSuchConnection } from '../views/context.ts';
import type { ViewContext } from '../views/context.ts';

const problems: Record<EndpointErrorKind, EndpointProblem> = {
  policy: EndpointProblem.POLICY,
  network: EndpointProblem.NETWORK,
  identity: EndpointProblem.IDENTITY,
  profile: EndpointProblem.PROFILE,
  content: EndpointProblem.CONTENT,
};

/** Takes what an endpoint presents; what goes wrong on the way is told in the answer, bad input is refused before. */
export async function probeEndpoint(
  context: ViewContext,
  request: ProbeEndpointRequest,
): Promise<ProbeEndpointResponse> {
  const target = bounded('target', request.target, 2048);
  const kind = kindOf(request);
  const base = { kind, target, at: timestampFromDate(context.now()) };
  try {
    return create(ProbeEndpointResponseSchema, {
      ...base,
      ...(kind === EndpointKind.TLS ? await tls(context, request) : await bundle(context, request)),
    });
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    const { address, presented, message } = error;
    return create(ProbeEndpointResponseSchema, {
      ...base,
      address,
      presentedId: presented,
      problem: problems[error.kind],
      reason: message,
      remedy: error.kind === 'policy' ? remedy(context) : '',
    });
  }
}

function kindOf({ kind, target }: ProbeEndpointRequest): EndpointKind {
  if (kind === EndpointKind.TLS || kind === EndpointKind.BUNDLE) return kind;
  return /^https?:\/\//iu.test(target) ? EndpointKind.BUNDLE : EndpointKind.TLS;
}

/** Beside the reason, which names the setting: how it is written, and by whom. */
function remedy({ practice }: ViewContext): string {
  return practice
    ? 'On the practice network only its own endpoints, on 127.0.0.0/8, are asked.'
    : 'Whoever administers this gateway writes for example `probe: { allow: ["10.1.2.0/24"] }`, and starts it again.';
}

async function tls(context: ViewContext, request: ProbeEndpointRequest) {
  const { target, serverName, omitServerName } = request;
  const read = readTlsTarget(target, bounded('server_name', serverName, 255), omitServerName);
  if (!read.ok) throw badInput(read.field, read.problem);
  const found = await context.prober.presented(read.value);
  const none = found.certificates.length === 0;
  return {
    address: found.address,
    chainPem: toPem(found.certificates),
    certificates: found.certificates.length,
    protocol: found.protocol,
    cipher: found.cipher,
    alpn: found.alpn,
    keyProved: found.keyProved,
    asksClientCertificate: found.asksClientCertificate,
    serverName: read.value.serverName,
    problem: none || found.reason !== '' ? EndpointProblem.NETWORK : EndpointProblem.UNSPECIFIED,
    reason: none && found.reason === '' ? 'It presents no certificate.' : found.reason,
    command: openssl(target, read.value.serverName),
  };
}

function openssl(target: string, serverName: string): EquivalentCommand {
  return command(
    'openssl',
    [
      's_client',
      '-connect',
      target,
      ...(serverName === '' ? ['-noservername'] : ['-servername', serverName]),
      ...['-alpn', 'h2,http/1.1', '-showcerts'],
    ],
    'Muster hangs up as soon as it has the certificates: the server may log a handshake that was not finished.',
  );
}

async function bundle(context: ViewContext, request: ProbeEndpointRequest) {
  const url = readEndpointUrl(request.target);
  if (!url.ok) throw badInput('target', url.problem);
  const { proof, by } = await proofOf(context, request);
  if (!proof) return { problem: EndpointProblem.NO_AUTHORITY, reason: by };
  const { body, presented, address } = await context.prober.document(request.target, proof);
  return {
    address,
    document: checkedBundle(body),
    presentedId: presented,
    authenticatedBy: by,
    trustDomain: await peerOf(context, request.target),
    command:
      proof.profile === 'https_web'
        ? command('curl', ['--silent', '--show-error', '--proto', '=https', request.target])
        : noCommand(
            'No tool of the field fetches over https_spiffe by itself; spire-server bundle list shows what a server has fetched.',
          ),
  };
}

const privateMember = new RegExp(`"(?:${PRIVATE_MEMBERS.join('|')})"\\s*:`, 'u');

/** Only a bundle is handed on: this is no way to read other things on a network (S-15), nor a private key (S-13). */
export function checkedBundle(body: Uint8Array): Uint8Array {
  const read = readSpiffeBundle(ownBytes(body));
  if (!read.ok) throw new EndpointError('content', `What it answers is no bundle. ${read.problem.message}`);
  const secret = read.value.entries.some(({ jwk }) =>
    [...(jwk?.keys() ?? [])].some((name) => PRIVATE_MEMBERS.includes(name)),
  );
  // Of a member that is there twice only one was read.
  const hidden = read.value.duplicates.length > 0 && privateMember.test(Buffer.from(body).toString('latin1'));
  if (secret || hidden)
    throw new EndpointError(
      'content',
      'It hands out a private key, and is not repeated here. Whoever runs it must remove the key, and replace it.',
    );
  return body;
}

async function proofOf(
  context: ViewContext,
  request: ProbeEndpointRequest,
): Promise<{ proof: Proof | undefined; by: string }> {
  const { endpointSpiffeId, connection } = request;
  const all = context.connections.spire;
  if (connection !== '' && !all.some(({ link }) => link.name === connection))
    throw noSuchConnection(connection, all);
  const profile =
    request.profile === BundleEndpointProfile.UNSPECIFIED
      ? endpointSpiffeId === ''
        ? BundleEndpointProfile.HTTPS_WEB
        : BundleEndpointProfile.HTTPS_SPIFFE
      : request.profile;
  if (profile === BundleEndpointProfile.HTTPS_WEB) {
    if (endpointSpiffeId !== '')
      throw badInput('endpoint_spiffe_id', 'https_web has none: such an endpoint proves its host name.');
    return { proof: { profile: 'https_web' }, by: 'By its host name and the authorities of the web.' };
  }
  const id = parseSpiffeId(bounded('endpoint_spiffe_id', endpointSpiffeId, 2048));
  if (!id.ok)
    throw badInput(
      'endpoint_spiffe_id',
      endpointSpiffeId === ''
        ? 'https_spiffe needs the exact SPIFFE ID that it must present.'
        : `${id.problem.message} (SPIFFE ${id.problem.code})`,
    );
  const { trustDomain, uri } = id.value;
  const asked = connection === '' ? all : all.filter(({ link }) => link.name === connection);
  for (const { row, name } of await copiesOf(asked, trustDomain))
    if (row.x509.length > 0)
      return {
        proof: { profile: 'https_spiffe', id: uri, authorities: row.x509.map(({ der }) => der) },
        by: `As ${uri}, by ${row.x509.length === 1 ? 'the X.509 authority' : `the ${row.x509.length} X.509 authorities`} of ${trustDomain} that ${name} has.`,
      };
  return {
    proof: undefined,
    by: `No server ${connection === '' ? 'connected here' : `named ${connection}`} has an X.509 authority of ${trustDomain} to authenticate it with (SPIFFE Federation 5.2.2). Its certificate alone can be looked at as a TLS endpoint.`,
  };
}

/** Copies of the bundle of a trust domain: a server's own before those of others. */
async function copiesOf(
  servers: ViewContext['connections']['spire'],
  trustDomain: string,
): Promise<{ row: BundleRow; name: string }[]> {
  const found = await Promise.all(
    servers
      .filter(({ link }) => link.up)
      .map(async (server) => {
        const rows = [
          ...(server.ownBundle ? [server.ownBundle] : []),
          ...(await server.client.federatedBundles({ timeoutMs: 5000 }).catch(() => [])),
        ];
        return rows
          .filter((row) => row.trustDomain === trustDomain)
          .map((row) => ({ row, name: server.link.name }));
      }),
  );
  return found.flat().toSorted((a, b) => Number(b.row.own) - Number(a.row.own));
}

/** Whose endpoint it is by the relationships of the servers here. */
async function peerOf({ connections }: ViewContext, url: string): Promise<string> {
  const lists = await Promise.all(
    connections.spire
      .filter(({ link }) => link.up)
      .map((server) => server.client.federation.relationships({ timeoutMs: 5000 }).catch(() => [])),
  );
  const peers = new Set(
    lists.flat().flatMap((row) => (row.bundleEndpointUrl === url ? [row.trustDomain] : [])),
  );
  const [only] = peers;
  return peers.size === 1 && only !== undefined ? only : '';
}
