import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { ListBundlesResponseSchema, TrustDomainService } from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { showBundleCommand } from '../upstream/spire/commands.ts';
import { toBundle } from './bundle-facts.ts';
import { noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

export function trustDomainService(context: ViewContext): Partial<ServiceImpl<typeof TrustDomainService>> {
  return {
    async listBundles({ connection }) {
      const all = context.connections.spire;
      const wanted =
        connection === ''
          ? all.filter(({ link }) => link.up)
          : all.filter(({ link }) => link.name === connection);
      if (connection !== '' && wanted.length === 0) throw noSuchConnection(connection, all);
      const lists = await Promise.all(
        wanted.map(async (source) => {
          try {
            // Before anything is under way: the getter throws when there is no client.
            const { client } = source;
            const [own, federated] = await Promise.all([source.readOwnBundle(), client.federatedBundles()]);
            return [own, ...federated].map((row) => toBundle(source.link.name, row));
          } catch (error) {
            // Asked for by name it is an answer; among others it must not hide them.
            if (connection !== '') throw refuse('Reading bundles', source.link.name, error);
            return [];
          }
        }),
      );
      const [first] = wanted;
      return create(ListBundlesResponseSchema, {
        bundles: lists.flat(),
        ...(first ? { command: showBundleCommand(first.config.address) } : {}),
      });
    },
  };
}
