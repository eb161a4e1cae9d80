import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { create, toBinary } from '@bufbuild/protobuf';
import type { HandlerContext, Interceptor, ServiceImpl } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Bundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import type { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import {
  JWTBundlesResponseSchema,
  X509BundlesResponseSchema,
  X509SVIDResponseSchema,
} from '@muster/wire/gen/workload/workload_pb.js';
import type { JsonObject } from '@bufbuild/protobuf';
import { parseSpiffeId, text } from './ids.ts';
import { jwkSet, validateToken } from './jwt-bundle.ts';
import { attempt, invalid } from './status.ts';
import type { WorkloadAgent } from './workload-agent.ts';

/** SPIFFE Workload Endpoint §6: keeps a tricked HTTP client from reaching the API. */
export const requireSecurityHeader: Interceptor = (next) => async (request) => {
  if (request.header.get('workload.spiffe.io') !== 'true')
    throw invalid('security header missing from request');
  return next(request);
};

const noIdentity = (): ConnectError => new ConnectError('no identity issued', Code.PermissionDenied);

const certificates = ({ x509Authorities }: Bundle): Uint8Array =>
  Buffer.concat(x509Authorities.map(({ asn1 }) => asn1));

export function workloadService(agent: WorkloadAgent): ServiceImpl<typeof SpiffeWorkloadAPI> {
  const { clock } = agent.state;

  /** Bundles by `spiffe://` + trust domain, as `encode` writes them. */
  const bundleMap = (bundles: Bundle[], encode: (bundle: Bundle) => Uint8Array) =>
    Object.fromEntries(bundles.map((bundle) => [`spiffe://${bundle.trustDomain}`, encode(bundle)]));

  const everyBundle = (encode: (bundle: Bundle) => Uint8Array) => {
    if (agent.entries().length === 0) throw noIdentity();
    const { own, federated } = agent.bundles();
    return { bundles: bundleMap([own, ...federated], encode) };
  };

  return {
    fetchX509SVID: (_, context) =>
      follow(agent, context, X509SVIDResponseSchema, () => {
        const identities = agent.identities();
        if (identities.length === 0) throw noIdentity();
        const { own, federated } = agent.bundles();
        const bundle = certificates(own);
        const svids = identities.map(({ entry, key, svid }) => ({
          spiffeId: text(entry.spiffeId),
          x509Svid: svid.certificate,
          x509SvidKey: key.export({ type: 'pkcs8', format: 'der' }),
          bundle,
          hint: entry.hint,
        }));
        return { svids, federatedBundles: bundleMap(federated, certificates) };
      }),

    fetchX509Bundles: (_, context) =>
      follow(agent, context, X509BundlesResponseSchema, () => everyBundle(certificates)),

    fetchJWTBundles: (_, context) =>
      follow(agent, context, JWTBundlesResponseSchema, () => everyBundle(jwkSet)),

    async fetchJWTSVID({ audience, spiffeId }) {
      if (audience.length === 0) throw invalid('audience must be specified');
      const asked = spiffeId === '' ? undefined : attempt(() => parseSpiffeId(spiffeId));
      if (asked instanceof ConnectError) throw invalid(`invalid requested SPIFFE ID: ${asked.rawMessage}`);
      const entries = agent.entries().filter((entry) => !asked || text(entry.spiffeId) === text(asked));
      if (entries.length === 0) throw noIdentity();
      if (audience.includes(''))
        throw new ConnectError(
          'could not fetch JWT-SVID: invalid JWT-SVID audience: cannot be empty',
          Code.Unavailable,
        );
      const svids = entries.map(async (entry) => ({
        spiffeId: text(entry.spiffeId),
        svid: await agent.token(entry, audience),
        hint: entry.hint,
      }));
      return { svids: await Promise.all(svids) };
    },

    async validateJWTSVID({ audience, svid }) {
      if (audience === '') throw invalid('audience must be specified');
      if (svid === '') throw invalid('svid must be specified');
      const { own, federated } = agent.bundles();
      const bundles = new Map([own, ...federated].map((bundle) => [bundle.trustDomain, bundle]));
      const { spiffeId, trustDomain, claims } = await validateToken(svid, audience, bundles, clock.seconds());
      // Of a foreign token only what every token has is passed on.
      const isOwn = trustDomain === agent.state.name;
      const passed = isOwn ? claims : { aud: claims.aud, exp: claims.exp, sub: claims.sub };
      return { spiffeId, claims: passed as JsonObject };
    },
  };
}

/** The full state now and after every change, until the caller leaves or `compute` refuses. */
async function* follow<D extends DescMessage>(
  agent: WorkloadAgent,
  { signal }: HandlerContext,
  schema: D,
  compute: () => MessageInitShape<D>,
): AsyncGenerator<MessageShape<D>> {
  let sent: Uint8Array | undefined;
  while (!signal.aborted) {
    const message = create(schema, compute());
    const bytes = toBinary(schema, message);
    if (!sent || Buffer.compare(sent, bytes) !== 0) yield message;
    sent = bytes;
    await agent.change(signal);
  }
}
