import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import { GenerateResponseSchema, GeneratorKind, GeneratorService } from '@muster/api';
import { badInput } from '../actions/action.ts';
import { clusterSpiffeId, clusterStaticEntry } from '../generators/controller.ts';
import { askedFrom } from '../generators/options.ts';
import { spiffeHelper } from '../generators/spiffe-helper.ts';
import { spiffeHelperPod } from '../generators/spiffe-helper-pod.ts';
import { agentConf, serverFederation } from '../generators/spire-conf.ts';
import type { Facts, Generator } from '../generators/types.ts';
import { dockerRun, podManifest } from '../generators/workloads.ts';
import { refuse } from '../upstream/refuse.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { bounded, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

const generators = new Map<GeneratorKind, Generator>([
  [GeneratorKind.SPIFFE_HELPER, spiffeHelper],
  [GeneratorKind.SPIFFE_HELPER_POD, spiffeHelperPod],
  [GeneratorKind.CLUSTER_SPIFFE_ID, clusterSpiffeId],
  [GeneratorKind.CLUSTER_STATIC_ENTRY, clusterStaticEntry],
  [GeneratorKind.SERVER_FEDERATION, serverFederation],
  [GeneratorKind.AGENT_CONF, agentConf],
  [GeneratorKind.DOCKER_RUN, dockerRun],
  [GeneratorKind.POD_MANIFEST, podManifest],
]);

export function generatorService(context: ViewContext): Partial<ServiceImpl<typeof GeneratorService>> {
  return {
    async generate({ kind, connection: name, entryId, options }) {
      const generator = generators.get(kind);
      if (!generator) {
        const there = [...generators.keys()].map((one) => GeneratorKind[one].toLowerCase());
        throw badInput('kind', `there is no such generator; there are ${there.join(', ')}.`);
      }
      bounded('entry_id', entryId, 255);
      const connection = connectionOf(context, name);
      if (generator.needsEntry && entryId === '')
        throw badInput('entry_id', 'this is made for an entry: give its id.');
      try {
        const facts = await factsOf(context, connection, generator.needsEntry ? entryId : '');
        const ask = askedFrom(options);
        const made = generator.make(facts, ask);
        // Of a kind that does not fit nothing was asked: options of another kind are no mistake then.
        if (made.unfit === '') ask.checkAllKnown();
        const { entry } = facts;
        return create(GenerateResponseSchema, {
          ...made,
          options: made.options.map((option) => ({ ...option, choices: [...(option.choices ?? [])] })),
          subject: entry
            ? `${entry.spiffeId} on ${facts.connection}`
            : `${facts.trustDomain} on ${facts.connection}`,
        });
      } catch (error) {
        throw refuse('Generating', connection.link.name, error);
      }
    },
  };
}

function connectionOf({ connections }: ViewContext, name: string): SpireConnection {
  const found =
    name === '' && connections.spire.length === 1
      ? connections.spire[0]
      : connections.spire.find(({ link }) => link.name === name);
  if (!found) throw noSuchConnection(name, connections.spire);
  return found;
}

async function factsOf(context: ViewContext, connection: SpireConnection, entryId: string): Promise<Facts> {
  const { client, link, config } = connection;
  let entry: EntryRow | undefined;
  if (entryId !== '') {
    entry = await client.entry(entryId);
    if (!entry)
      throw new ConnectError(
        `entry_id: ${link.name} has no registration entry of this id. It may have been deleted.`,
        Code.NotFound,
      );
  }
  const own = await connection.readOwnBundle();
  return {
    connection: link.name,
    trustDomain: own.trustDomain,
    address: config.address,
    entry,
    peers: await peersOf(connection),
    bundlePem: own.x509.map(({ der }) => pem(der)).join(''),
    sockets: context.connections.workload
      .filter((one) => one.link.trustDomain === own.trustDomain)
      .map((one) => one.config.address.replace('unix://', '')),
  };
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** What the server knows of others: its relationships, and bundles it has without one. */
async function peersOf({ client }: SpireConnection): Promise<Facts['peers']> {
  const [relationships, bundles] = await Promise.all([
    client.federation.relationships(),
    client.federatedBundles(),
  ]);
  const known = new Set(relationships.map(({ trustDomain }) => trustDomain));
  return [
    ...relationships.map(({ trustDomain, bundleEndpointUrl, profile, endpointSpiffeId }) => ({
      trustDomain,
      url: bundleEndpointUrl,
      profile,
      endpointSpiffeId,
    })),
    ...bundles
      .filter(({ trustDomain }) => !known.has(trustDomain))
      .map(({ trustDomain }) => ({ trustDomain, url: '', profile: '' as const, endpointSpiffeId: '' })),
  ];
}
