import type { OwnerKey } from '../upstream/channel-manager/signing.ts';

/** As much of a channel manager's connection as is looked at here. */
export interface KeyHolder {
  link: { name: string };
  /** Of its ownerKeyFile, once that was read. */
  ownerKey: OwnerKey | undefined;
}

/** Keys of the configuration, each with the connections that name it. */
export function configuredKeys(
  holders: readonly KeyHolder[],
): Map<string, { key: OwnerKey; connections: string[] }> {
  const found = new Map<string, { key: OwnerKey; connections: string[] }>();
  for (const { link, ownerKey } of holders) {
    if (!ownerKey) continue;
    const there = found.get(ownerKey.did);
    if (there) there.connections.push(link.name);
    else found.set(ownerKey.did, { key: ownerKey, connections: [link.name] });
  }
  return found;
}
