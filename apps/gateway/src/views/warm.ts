import { create, toBinary } from '@bufbuild/protobuf';
import { ListEntriesResponseSchema } from '@muster/api';
import { entryStates } from '../inventory/store/query.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import { toEntry } from './convert.ts';

/** As many as a first list has, and often enough that the engine compiles what it runs. */
const rows = 200;
const times = 2;

/**
 * Makes a list of entries and throws it away. The first one that is made in a process takes some 20 ms longer than the
 * next: called while the store opens and the gateway has nothing else to do, it is not the one that somebody waits for.
 */
export function warmEntries(): void {
  const entries = Array.from({ length: rows }, (_none, at) => sample(at));
  for (let time = 0; time < times; time += 1) {
    const counts = [{ value: 'unix', count: BigInt(rows) }];
    const list = create(ListEntriesResponseSchema, {
      entries: entries.map(toEntry),
      total: BigInt(rows),
      all: BigInt(rows),
      selectorTypes: counts,
      federated: counts,
      trustDomains: counts,
    });
    toBinary(ListEntriesResponseSchema, list);
  }
}

function sample(at: number): StoredEntry {
  const spiffeId = `spiffe://warm.example/workload/${at}`;
  return {
    connection: 'warm',
    state: at % 2 === 0 ? entryStates.unknown : entryStates.served,
    via: spiffeId,
    until: 1n,
    row: {
      id: spiffeId,
      spiffeId,
      parentId: spiffeId,
      selectors: [
        { type: 'unix', value: `uid:${at}` },
        { type: 'unix', value: 'gid:1000' },
      ],
      x509SvidTtl: 3600,
      jwtSvidTtl: 300,
      federatesWith: ['other.example'],
      admin: false,
      downstream: false,
      expiresAt: 253_402_300_799n,
      dnsNames: ['warm.example'],
      revisionNumber: 1n,
      storeSvid: false,
      disableX509SvidPrefetch: false,
      jwtSvidIncludeJti: false,
      hint: 'warm',
      createdAt: 1_700_000_000n,
    },
  };
}
