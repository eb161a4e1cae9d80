import { create } from '@bufbuild/protobuf';
import type { Agent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import type { BulkRows } from '../entry-store.ts';
import type { Plan } from './company.ts';
import { asUuid } from './random.ts';

const odd = 0x9e3779b1;
/** The inverse of `odd` modulo 2³², by Newton's iteration. */
const inverse = [1, 2, 3, 4].reduce((guess) => Math.imul(guess, 2 - Math.imul(odd, guess)), odd);

/**
 * Entries made from their index alone. Index and ID, index and SPIFFE ID can each be had from the other, so no
 * table of them is needed however many there are.
 */
export function bulkRows(plan: Plan, agents: Agent[], count: number, now: number): BulkRows {
  const { trustDomain } = plan;
  const services = Object.entries(plan.teams).flatMap(([team, names]) =>
    names.map((name) => [team, name] as const),
  );
  const parents = agents.filter((agent) => !agent.banned).map((agent) => agent.id?.path ?? '');
  const serviceOf = (index: number) => services[index % services.length] as readonly [string, string];

  const idOf = (index: number): string => {
    const head = Math.imul(index + 1, odd) >>> 0;
    const tail = [
      Math.imul(head, 0x85ebca6b),
      Math.imul(head ^ 0x5bd1e995, 0xc2b2ae35),
      Math.imul(~head, 0x27d4eb2f),
    ];
    return asUuid([head, ...tail].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join(''));
  };

  const pathOf = (index: number): string => {
    const [team, service] = serviceOf(index);
    return `/fleet/${team}/${service}/${index}`;
  };

  const inRange = (index: number) => Number.isInteger(index) && index >= 0 && index < count;

  return {
    count,
    at(index) {
      const [team, service] = serviceOf(index);
      return create(EntrySchema, {
        id: idOf(index),
        spiffeId: { trustDomain, path: pathOf(index) },
        parentId: { trustDomain, path: parents[index % parents.length] ?? '' },
        selectors: [
          { type: 'k8s', value: `ns:${team}` },
          { type: 'k8s', value: `sa:${service}` },
          { type: 'k8s', value: `pod-label:unit:${index}` },
        ],
        x509SvidTtl: index % 5 === 0 ? 1800 : 0,
        dnsNames: index % 10 === 0 ? [`${service}-${index}.${team}.svc.cluster.local`] : [],
        createdAt: BigInt(now - 24 * 3600 + (index % 80_000)),
      });
    },
    indexOfId(id) {
      const index = (Math.imul(parseInt(id.slice(0, 8), 16), inverse) >>> 0) - 1;
      return inRange(index) && idOf(index) === id ? index : undefined;
    },
    indexOfSpiffeId(spiffeId) {
      const index = Number(spiffeId.slice(spiffeId.lastIndexOf('/') + 1) || Number.NaN);
      return inRange(index) && `spiffe://${trustDomain}${pathOf(index)}` === spiffeId ? index : undefined;
    },
  };
}
