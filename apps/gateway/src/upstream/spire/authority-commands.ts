import type { EquivalentCommand } from '@muster/api';
import type { LocalKind } from './authority-calls.ts';
import { serverCommand } from './commands.ts';

export function showAuthoritiesCommand(address: string, kind: LocalKind): EquivalentCommand {
  return serverCommand(
    address,
    ['localauthority', kind, 'show'],
    [],
    'It tells neither taint nor revocation: compare with spire-server bundle show -output json.',
  );
}

export function authorityCommand(
  address: string,
  kind: LocalKind,
  verb: 'prepare' | 'activate' | 'taint' | 'revoke',
  id: string,
): EquivalentCommand {
  return serverCommand(address, ['localauthority', kind, verb], id === '' ? [] : ['-authorityID', id]);
}

export function upstreamCommand(
  address: string,
  verb: 'taint' | 'revoke',
  subjectKeyId: string,
): EquivalentCommand {
  return serverCommand(address, ['upstreamauthority', verb], ['-subjectKeyID', subjectKeyId]);
}
