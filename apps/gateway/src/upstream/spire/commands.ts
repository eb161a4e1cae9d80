import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';
import type { EntryFields } from './rows.ts';

/** `spire-server` reaches its server by the unix socket only. */
function socket(address: string): { words: string[]; note: string } {
  return address.startsWith('unix://')
    ? { words: ['-socketPath', address.slice('unix://'.length)], note: '' }
    : { words: [], note: 'To be run on the server’s own host: spire-server speaks to its unix socket only.' };
}

/** A command of `spire-server`, which reaches its server by the unix socket only. */
export function serverCommand(
  address: string,
  subcommand: string[],
  flags: string[],
  note = '',
): EquivalentCommand {
  const { words, note: where } = socket(address);
  return command(
    'spire-server',
    [...subcommand, ...words, ...flags],
    [note, where].filter((text) => text !== '').join(' '),
  );
}

export function createCommand(address: string, fields: EntryFields): EquivalentCommand {
  return serverCommand(address, ['entry', 'create'], entryFlags(fields));
}

/** The command replaces the whole entry, so every field is printed. */
export function updateCommand(address: string, id: string, after: EntryFields): EquivalentCommand {
  return serverCommand(
    address,
    ['entry', 'update'],
    ['-entryID', id, ...entryFlags(after)],
    'It replaces the whole entry; Muster sends only the changed fields.',
  );
}

export function deleteCommand(address: string, id: string): EquivalentCommand {
  return serverCommand(address, ['entry', 'delete'], ['-entryID', id]);
}

export function showCommand(address: string, id: string): EquivalentCommand {
  return serverCommand(address, ['entry', 'show'], ['-entryID', id]);
}

export function listEntriesCommand(
  address: string,
  filter: { parentId: string; federatesWith: string },
  note: string,
): EquivalentCommand {
  const flags = [
    ...(filter.parentId === '' ? [] : ['-parentID', filter.parentId]),
    ...(filter.federatesWith === '' ? [] : ['-federatesWith', filter.federatesWith]),
  ];
  return serverCommand(address, ['entry', 'show'], flags, note);
}

export function showBundleCommand(address: string): EquivalentCommand {
  return serverCommand(
    address,
    ['bundle', 'show'],
    ['-format', 'spiffe'],
    'Federated bundles: spire-server bundle list -format spiffe.',
  );
}

function entryFlags(fields: EntryFields): string[] {
  const flags = ['-spiffeID', fields.spiffeId];
  if (/^spiffe:\/\/[^/]+\/spire\/server$/u.test(fields.parentId)) flags.push('-node');
  else flags.push('-parentID', fields.parentId);
  for (const { type, value } of fields.selectors) flags.push('-selector', `${type}:${value}`);
  if (fields.x509SvidTtl > 0) flags.push('-x509SVIDTTL', String(fields.x509SvidTtl));
  if (fields.jwtSvidTtl > 0) flags.push('-jwtSVIDTTL', String(fields.jwtSvidTtl));
  for (const name of fields.federatesWith) flags.push('-federatesWith', `spiffe://${name}`);
  for (const name of fields.dnsNames) flags.push('-dns', name);
  if (fields.hint !== '') flags.push('-hint', fields.hint);
  if (fields.expiresAt !== 0n) flags.push('-entryExpiry', String(fields.expiresAt));
  if (fields.admin) flags.push('-admin');
  if (fields.downstream) flags.push('-downstream');
  if (fields.storeSvid) flags.push('-storeSVID');
  if (fields.disableX509SvidPrefetch) flags.push('-disableX509SVIDPrefetch');
  if (fields.jwtSvidIncludeJti) flags.push('-jwtSVIDIncludeJTI');
  return flags;
}
