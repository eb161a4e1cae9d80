import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  FetchJwtSvidResponseSchema,
  ListSvidsResponseSchema,
  SvidService,
  X509SvidSchema,
} from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { bounded, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';
import { workloadTimeline } from './workload.ts';

/** Each field is named here: nothing of an SVID is passed on that is not (S-13). */
export function svidService(context: ViewContext): Partial<ServiceImpl<typeof SvidService>> {
  return {
    listSvids({ connection }) {
      const all = context.connections.workload;
      const wanted = connection === '' ? all : all.filter(({ link }) => link.name === connection);
      if (connection !== '' && wanted.length === 0) throw noSuchConnection(connection, all);
      const svids = wanted.flatMap((source) =>
        source.svids.map((svid) =>
          create(X509SvidSchema, {
            connection: source.link.name,
            spiffeId: svid.spiffeId,
            hint: svid.hint,
            chainPem: svid.chainPem,
            notBefore: timestampFromDate(svid.notBefore),
            expiresAt: timestampFromDate(svid.expiresAt),
            receivedAt: timestampFromDate(svid.receivedAt),
            rotations: svid.rotations,
          }),
        ),
      );
      return create(ListSvidsResponseSchema, {
        svids,
        bundlesPem: record(wanted.flatMap(({ bundles }) => [...bundles])),
      });
    },

    getWorkloadTimeline: (request) => workloadTimeline(context, request),

    async fetchJwtSvid({ connection, audience, spiffeId }) {
      if (bounded('audience', audience, 1024).trim() === '') {
        throw new ConnectError(
          'audience: name the service the token is for; SPIRE issues none without.',
          Code.InvalidArgument,
        );
      }
      bounded('spiffe_id', spiffeId, 2048);
      const all = context.connections.workload;
      const source =
        connection === '' && all.length === 1 ? all[0] : all.find(({ link }) => link.name === connection);
      if (!source) throw noSuchConnection(connection, all);
      try {
        const { bundles, ...svid } = await source.fetchJwt(audience, spiffeId);
        return create(FetchJwtSvidResponseSchema, { ...svid, bundlesJson: record([...bundles]) });
      } catch (error) {
        throw refuse('Fetching a JWT-SVID', source.link.name, error);
      }
    },
  };
}

/** Trust domain names come from a server: no other key may become one of an object (S-25). */
function record(pairs: readonly (readonly [string, string])[]): { [key: string]: string } {
  return Object.fromEntries(
    pairs.filter(([name]) => /^[a-z0-9._-]{1,255}$/u.test(name) && name !== '__proto__'),
  );
}
