import type { Warning } from '@muster/api';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { warn } from './entry-warnings.ts';

/** Who seems to keep an entry as it is, and from what that can be told. SPIRE itself has no owner of an entry. */
export interface Owner {
  /** Its usual name. */
  name: string;
  /** A clause that completes "because …". */
  evidence: string;
  /** What to change instead of the entry. */
  instead: string;
}

// SPIRE gives an entry a bare UUID; a word and a dot before it come from a client that marks its own.
const marked = /^([\w-]{1,100})\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;
const controller = 'spire-controller-manager';
const resources = 'the ClusterSPIFFEID or ClusterStaticEntry it is made from';

/** The likely owner of an entry; undefined when nothing points to one. `prefixes` are those the configuration names. */
export function ownerOf(entry: EntryRow, prefixes: readonly string[] = []): Owner | undefined {
  const prefix = prefixes.find((one) => entry.id.startsWith(`${one.replace(/\.$/u, '')}.`));
  if (prefix !== undefined)
    return {
      name: 'a controller',
      evidence: `its entry ID begins with “${prefix.replace(/\.$/u, '')}.”, which managedIdPrefixes of this connection names`,
      instead: resources,
    };
  const word = marked.exec(entry.id)?.[1];
  if (word !== undefined)
    return {
      name: controller,
      evidence: `its entry ID begins with “${word}.”, as the controller's entryIDPrefix makes it; SPIRE itself gives a bare UUID`,
      instead: resources,
    };
  const registrar = /^spiffe:\/\/[^/]+\/k8s-workload-registrar\//u.test(entry.parentId);
  if (registrar)
    return {
      name: 'k8s-workload-registrar',
      evidence: 'its parent is the alias of nodes which that registrar makes',
      instead: 'the pod or SpiffeID resource it is made from',
    };
  if (entry.selectors.some(({ type, value }) => type === 'k8s' && value.startsWith('pod-uid:')))
    return {
      name: controller,
      evidence:
        'it selects one pod by its UID, as a ClusterSPIFFEID makes it for every pod; people select by namespace and service account',
      instead: 'the ClusterSPIFFEID it is made from',
    };
  return undefined;
}

/** The warning of an entry that somebody else keeps; undefined when nobody seems to. */
export function managedWarning(entry: EntryRow, connection: SpireConnection): Warning | undefined {
  const owner = ownerOf(entry, connection.config.managedIdPrefixes);
  if (!owner) return undefined;
  const kind = entry.selectors.some(({ type }) => type === 'k8s')
    ? 'cluster-spiffe-id'
    : 'cluster-static-entry';
  const search = new URLSearchParams({ connection: connection.link.name, entry: entry.id, kind });
  const warning = warn(
    'managed',
    `Likely managed by ${owner.name}: ${owner.evidence}. A change made here is undone at its next reconciliation, usually within seconds. Change ${owner.instead}; Generate writes it from this entry.`,
  );
  return { ...warning, link: `/generate?${search.toString()}` };
}
