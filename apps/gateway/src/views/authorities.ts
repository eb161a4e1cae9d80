import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { AuthorityKind, AuthoritySetSchema, ListAuthoritiesResponseSchema } from '@muster/api';
import type { AuthoritySet, TrustDomainService } from '@muster/api';
import { PeerBundles, readSituation } from '../authorities/read.ts';
import { localKinds } from '../authorities/watch.ts';
import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import { showAuthoritiesCommand } from '../upstream/spire/authority-commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { toAuthoritySet } from './authority-set.ts';
import { noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

const kindNumbers: Record<LocalKind, AuthorityKind> = {
  x509: AuthorityKind.X509,
  jwt: AuthorityKind.JWT,
};

/** Local authorities of each server, joined with its bundle; part of the TrustDomainService. */
export function authorities(
  context: ViewContext,
): Pick<Partial<ServiceImpl<typeof TrustDomainService>>, 'listAuthorities'> {
  return {
    async listAuthorities({ connection }) {
      const all = context.connections.spire;
      const wanted = connection === '' ? all : all.filter(({ link }) => link.name === connection);
      if (connection !== '' && wanted.length === 0) throw noSuchConnection(connection, all);
      const peers = new PeerBundles(context);
      const sets = await Promise.all(
        wanted.flatMap((source) => localKinds.map((kind) => oneSet(context, source, kind, peers))),
      );
      return create(ListAuthoritiesResponseSchema, { sets });
    },
  };
}

/** A server that cannot be read is there with the reason: hiding it would look as if it had no authorities. */
async function oneSet(
  context: ViewContext,
  source: SpireConnection,
  kind: LocalKind,
  peers: PeerBundles,
): Promise<AuthoritySet> {
  const { link, config } = source;
  const command = showAuthoritiesCommand(config.address, kind);
  const about = {
    connection: link.name,
    trustDomain: link.trustDomain || (config.trustDomain ?? ''),
    kind: kindNumbers[kind],
    command,
  };
  try {
    const situation = await readSituation(context, source, kind, peers);
    return create(AuthoritySetSchema, {
      ...about,
      ...toAuthoritySet(situation),
      readAt: timestampFromDate(context.now()),
    });
  } catch (error) {
    return create(AuthoritySetSchema, { ...about, problem: sentence(classify(error)) });
  }
}
