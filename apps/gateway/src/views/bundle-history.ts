import { createHash } from 'node:crypto';
import type { BundleRow } from '../upstream/spire/rows.ts';
import type { ViewContext } from './context.ts';

type Stored = Pick<ViewContext, 'inventory'>;

/** What this gateway has seen of a copy over time. */
export interface BundleHistory {
  /** Moments of which the copy is kept, newest first. */
  moments: Date[];
  /** When its keys were last seen to change; undefined: not since they were first read. */
  changedAt: Date | undefined;
}

export async function historyOf(
  { inventory }: Stored,
  connection: string,
  trustDomain: string,
): Promise<BundleHistory> {
  const versions = await inventory.store.bundleVersions(connection, trustDomain);
  const [newest] = versions;
  // Versions also differ in numbers that say nothing of the keys.
  const older = newest && versions.find(({ bundle }) => print(bundle) !== print(newest.bundle));
  const changed = older && versions[versions.indexOf(older) - 1];
  return {
    moments: versions.map(({ at }) => new Date(at)),
    changedAt: changed && new Date(changed.at),
  };
}

/** The copy as it was at a moment of `historyOf`; undefined when it is not kept. */
export async function versionAt(
  { inventory }: Stored,
  connection: string,
  trustDomain: string,
  at: Date,
): Promise<BundleRow | undefined> {
  const found = await inventory.store.bundleVersion(connection, trustDomain, at.getTime());
  return found && { ...found.bundle, readAt: new Date(found.at) };
}

function print({ x509, jwt }: Pick<BundleRow, 'x509' | 'jwt'>): string {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');
  return [
    ...x509.map(({ der, tainted }) => `${hash(der)}${tainted}`).toSorted(),
    ...jwt.map(({ keyId, publicKey, tainted }) => `${keyId} ${hash(publicKey)}${tainted}`).toSorted(),
  ].join('\n');
}
