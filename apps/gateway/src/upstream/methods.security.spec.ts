import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Debug } from '@muster/wire/gen/spire/api/server/debug/v1/debug_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import { Logger } from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import { SVID } from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import { TrustDomain } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import { describe, expect, it } from 'vitest';

const services: readonly DescService[] = [
  Agent,
  Bundle,
  Debug,
  Entry,
  LocalAuthority,
  Logger,
  SVID,
  TrustDomain,
];

/** Every method of a SPIRE server that Muster may call. One that is added must be thought about here. */
const allowed = [
  'Agent.banAgent Agent.createJoinToken Agent.deleteAgent Agent.getAgent Agent.listAgents',
  'Bundle.batchDeleteFederatedBundle Bundle.batchSetFederatedBundle Bundle.getBundle Bundle.getFederatedBundle',
  'Bundle.listFederatedBundles Debug.getInfo',
  'Entry.batchCreateEntry Entry.batchDeleteEntry Entry.batchUpdateEntry Entry.getEntry Entry.listEntries',
  ...['JWT', 'X509'].map((kind) =>
    ['activate', 'prepare', 'revoke', 'taint']
      .map((verb) => `LocalAuthority.${verb}${kind}Authority`)
      .join(' '),
  ),
  'LocalAuthority.getJWTAuthorityState LocalAuthority.getX509AuthorityState',
  'LocalAuthority.revokeX509UpstreamAuthority LocalAuthority.taintX509UpstreamAuthority',
  'Logger.getLogger Logger.resetLogLevel Logger.setLogLevel SVID.mintJWTSVID SVID.mintX509SVID',
  'TrustDomain.batchCreateFederationRelationship TrustDomain.batchDeleteFederationRelationship',
  'TrustDomain.batchUpdateFederationRelationship TrustDomain.getFederationRelationship',
  'TrustDomain.listFederationRelationships TrustDomain.refreshBundle',
].flatMap((line) => line.split(' '));

const directory = join(import.meta.dirname, 'spire');
const sources = readdirSync(directory)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => ({ name, text: readFileSync(join(directory, name), 'utf8') }));

/** `service.method` that the text calls on a client that it made of the service itself. */
function callsIn(text: string): string[] {
  const clients = new Map(
    [...text.matchAll(/this\.(#\w+) = createClient\((\w+),/gu)].map(([, field = '', name = '']) => [
      field,
      name,
    ]),
  );
  return [...text.matchAll(/this\.(#\w+)\.(\w+)\(/gu)].flatMap(([, field = '', method = '']) => {
    const service = services.find(({ name }) => name === clients.get(field));
    return service?.methods.some(({ localName }) => localName === method)
      ? [`${service.name}.${method}`]
      : [];
  });
}

describe('S-26: what Muster can do to a SPIRE server', () => {
  it('is on a list', () => {
    const called = new Set(sources.flatMap(({ text }) => callsIn(text)));
    expect([...called].toSorted()).toEqual(allowed.toSorted());
  });

  it('is said in these files only, on clients that are found by their names', () => {
    // A client kept elsewhere, or under another form, would go past the list.
    for (const { name, text } of sources) {
      const made = text.match(/createClient\(/gu)?.length ?? 0;
      const known = text.match(/this\.#\w+ = createClient\(\w+,/gu)?.length ?? 0;
      expect(made, name).toBe(known);
    }
    const root = join(import.meta.dirname, '..');
    const elsewhere = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) =>
        name.endsWith('.ts') &&
        !/(?:\.spec\.ts$|testing\/|^upstream\/spire\/)/u.test(name) &&
        /gen\/spire\/api\/server\/[^']*'/u.test(readFileSync(join(root, name), 'utf8')),
    );
    expect(elsewhere).toEqual([]);
  });

  it('and nothing else is called by its descriptor', () => {
    const raw = sources.flatMap(({ text }) =>
      services.flatMap(({ name }) => text.match(new RegExp(`\\b${name}\\.method\\.\\w+`, 'gu')) ?? []),
    );
    expect([...new Set(raw)]).toEqual(['Entry.method.listEntries']);
  });

  it('leaves out what signs for agents and nodes, and what changes a bundle from outside', () => {
    for (const never of [
      'attestAgent',
      'renewAgent',
      'newX509SVID',
      'newJWTSVID',
      'newDownstreamX509CA',
      'appendBundle',
      'publishJWTAuthority',
    ])
      expect(sources.filter(({ text }) => new RegExp(`\\.${never}\\(`, 'iu').test(text))).toEqual([]);
  });
});
