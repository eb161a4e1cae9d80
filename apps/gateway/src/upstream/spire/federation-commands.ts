import type { EquivalentCommand } from '@muster/api';
import { serverCommand } from './commands.ts';
import type { DeleteMode } from './federation-calls.ts';
import type { RelationshipRow } from './federation-rows.ts';

/** What stands in a command for a file that a person has to write first. */
const bundleFile = 'bundle.json';

export function listFederationCommand(address: string): EquivalentCommand {
  return serverCommand(address, ['federation', 'list'], []);
}

export function showFederationCommand(address: string, trustDomain: string): EquivalentCommand {
  return serverCommand(address, ['federation', 'show'], ['-trustDomain', trustDomain]);
}

export function createFederationCommand(
  address: string,
  row: RelationshipRow,
  withBundle: boolean,
): EquivalentCommand {
  return serverCommand(
    address,
    ['federation', 'create'],
    [
      ...relationshipFlags(row),
      ...(withBundle ? ['-trustDomainBundlePath', bundleFile, '-trustDomainBundleFormat', 'spiffe'] : []),
    ],
    withBundle ? `${bundleFile} holds the bundle as a SPIFFE document.` : '',
  );
}

export function updateFederationCommand(address: string, row: RelationshipRow): EquivalentCommand {
  return serverCommand(address, ['federation', 'update'], relationshipFlags(row));
}

/** `refresh` and `delete` take `-id`, the others `-trustDomain`. */
export function refreshFederationCommand(address: string, trustDomain: string): EquivalentCommand {
  return serverCommand(address, ['federation', 'refresh'], ['-id', trustDomain]);
}

export function deleteFederationCommand(address: string, trustDomain: string): EquivalentCommand {
  return serverCommand(address, ['federation', 'delete'], ['-id', trustDomain]);
}

export function listBundleCommand(address: string, trustDomain: string): EquivalentCommand {
  return serverCommand(address, ['bundle', 'list'], ['-id', `spiffe://${trustDomain}`, '-format', 'spiffe']);
}

export function setBundleCommand(address: string, trustDomain: string): EquivalentCommand {
  return serverCommand(
    address,
    ['bundle', 'set'],
    ['-id', `spiffe://${trustDomain}`, '-path', bundleFile, '-format', 'spiffe'],
    `${bundleFile} holds the bundle as a SPIFFE document.`,
  );
}

export function deleteBundleCommand(
  address: string,
  trustDomain: string,
  mode: DeleteMode,
): EquivalentCommand {
  return serverCommand(address, ['bundle', 'delete'], ['-id', `spiffe://${trustDomain}`, '-mode', mode]);
}

function relationshipFlags(row: RelationshipRow): string[] {
  return [
    '-trustDomain',
    row.trustDomain,
    '-bundleEndpointURL',
    row.bundleEndpointUrl,
    '-bundleEndpointProfile',
    row.profile === '' ? 'https_web' : row.profile,
    ...(row.profile === 'https_spiffe' ? ['-endpointSpiffeID', row.endpointSpiffeId] : []),
  ];
}
