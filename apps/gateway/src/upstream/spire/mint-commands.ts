import type { EquivalentCommand } from '@muster/api';
import { serverCommand } from './commands.ts';

const ttlFlags = (ttl: number): string[] => (ttl > 0 ? ['-ttl', `${ttl}s`] : []);

export function mintX509Command(
  address: string,
  spiffeId: string,
  dnsNames: readonly string[],
  ttl: number,
): EquivalentCommand {
  return serverCommand(
    address,
    ['x509', 'mint'],
    ['-spiffeID', spiffeId, ...dnsNames.flatMap((name) => ['-dns', name]), ...ttlFlags(ttl)],
    'It makes a key of its own and prints it; add -write DIRECTORY for files.',
  );
}

export function mintJwtCommand(
  address: string,
  spiffeId: string,
  audience: readonly string[],
  ttl: number,
): EquivalentCommand {
  return serverCommand(
    address,
    ['jwt', 'mint'],
    ['-spiffeID', spiffeId, ...audience.flatMap((name) => ['-audience', name]), ...ttlFlags(ttl)],
    'It prints the token; add -write FILE for a file.',
  );
}
