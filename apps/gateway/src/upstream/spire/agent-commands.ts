import type { EquivalentCommand } from '@muster/api';
import { serverCommand } from './commands.ts';
import type { LogLevelName } from './logger-calls.ts';

export function showAgentCommand(address: string, id: string): EquivalentCommand {
  return serverCommand(address, ['agent', 'show'], ['-spiffeID', id]);
}

/** What of a list `spire-server agent list` can do as well. */
export function listAgentsCommand(
  address: string,
  filter: { attestationType: string; banned: boolean },
  note: string,
): EquivalentCommand {
  const flags = [
    ...(filter.attestationType === '' ? [] : ['-attestationType', filter.attestationType]),
    ...(filter.banned ? ['-banned', 'true'] : []),
  ];
  return serverCommand(address, ['agent', 'list'], flags, note);
}

export function banCommand(address: string, id: string): EquivalentCommand {
  return serverCommand(address, ['agent', 'ban'], ['-spiffeID', id]);
}

export function evictCommand(address: string, id: string): EquivalentCommand {
  return serverCommand(address, ['agent', 'evict'], ['-spiffeID', id]);
}

/** `expiredFor` in seconds, as Go writes a duration. */
export function purgeCommand(address: string, expiredFor: number, note: string): EquivalentCommand {
  return serverCommand(address, ['agent', 'purge'], ['-expiredFor', `${expiredFor}s`], note);
}

export function joinTokenCommand(address: string, ttl: number, alias: string): EquivalentCommand {
  const flags = ['-ttl', String(ttl), ...(alias === '' ? [] : ['-spiffeID', alias])];
  return serverCommand(address, ['token', 'generate'], flags);
}

/** `level` undefined: back to the level of its configuration. */
export function loggerCommand(address: string, level: LogLevelName | undefined): EquivalentCommand {
  return level === undefined
    ? serverCommand(address, ['logger', 'reset'], [])
    : serverCommand(address, ['logger', 'set'], ['-level', level]);
}

export function readServerCommands(address: string): EquivalentCommand[] {
  return [
    serverCommand(address, ['healthcheck'], ['-verbose']),
    serverCommand(address, ['logger', 'get'], []),
  ];
}
