import type { OwnerKey } from '@muster/api';
import type { Tone } from '../../components/index.ts';

/** A did:key by its beginning and its end, which is what people compare; the whole is beside it or in its title. */
export const shortDid = (did: string): string =>
  did.length > 30 ? `${did.slice(0, 16)}…${did.slice(-8)}` : did;

/** Whether a key can sign, as a chip says it. */
export function keyState({ source, lockedReason, connections }: OwnerKey): {
  tone: Tone;
  word: string;
  reason: string;
} {
  if (lockedReason !== '') return { tone: 'bad', word: 'locked', reason: lockedReason };
  return source === 'configured'
    ? {
        tone: 'info',
        word: 'configured',
        reason: `It can sign. It is a file that the configuration names (ownerKeyFile of ${connections.join(', ')}); this gateway does not keep it.`,
      }
    : { tone: 'ok', word: 'kept here', reason: 'It can sign. This gateway keeps it, encrypted.' };
}

/** Why a key cannot be renamed or removed here; undefined when it can. */
export const notKept = ({ source }: OwnerKey): string | undefined =>
  source === 'configured' ? 'It is a file of the configuration: change it there.' : undefined;

export function exportProblem(key: OwnerKey): string | undefined {
  if (key.exportable) return undefined;
  if (key.source === 'configured') return 'It is a file of the configuration: copy that.';
  return key.lockedReason || `Only ${key.createdBy}, who made or imported it, may export it.`;
}

/** A file name of an alias. */
export const fileName = (alias: string): string => alias.replaceAll(/[^A-Za-z0-9._-]+/gu, '-') || 'owner-key';

/** As the action takes it. */
export function aliasProblem(text: string): string | undefined {
  const alias = text.trim();
  if (alias === '') return 'A key needs a name.';
  return /^[A-Za-z0-9](?:[A-Za-z0-9 ._@-]{0,61}[A-Za-z0-9])?$/u.test(alias)
    ? undefined
    : 'Up to 63 letters, digits, spaces and . _ @ -, with a letter or digit first and last.';
}
