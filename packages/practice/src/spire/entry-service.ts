import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Entry as EntryService } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import {
  BatchCreateEntryResponse_ResultSchema as CreateResult,
  BatchDeleteEntryResponse_ResultSchema as DeleteResult,
  BatchUpdateEntryResponse_ResultSchema as UpdateResult,
} from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import type { Entry, EntryMask } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { EntryMaskSchema, EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import type { EntryFilter } from './entry-filter.ts';
import { entryFilter } from './entry-filter.ts';
import {
  checkUnique,
  convertEntry,
  firstRevision,
  nextRevision,
  uniqueConstraint,
  validateEntry,
} from './entry-rules.ts';
import type { EntryStore } from './entry-store.ts';
import { project } from './mask.ts';
import { rowAfter } from './paging.ts';
import { attempt, internal, invalid, notFound, ok, statusOf, within } from './status.ts';
import type { TrustDomainState } from './trust-domain.ts';

const masked = (entry: Entry, mask: EntryMask | undefined): Entry =>
  project(EntrySchema, entry, EntryMaskSchema, mask, ['id']);

export function entryService(state: TrustDomainState): ServiceImpl<typeof EntryService> {
  const { entries, name } = state;
  return {
    async countEntries({ filter }) {
      if (!filter) return { count: entries.size };
      const page = await query(entries, entryFilter(filter, name), 0, 0);
      return { count: page.entries.length };
    },

    async listEntries({ filter, outputMask, pageSize, pageToken }) {
      const wanted = entryFilter(filter, name);
      const page = await query(entries, wanted, pageSize, pageSize > 0 ? rowAfter(pageToken, 'entries') : 0);
      return {
        entries: page.entries.map((entry) => masked(entry, outputMask)),
        nextPageToken: page.nextPageToken,
      };
    },

    getEntry({ id, outputMask }) {
      if (id === '') throw invalid('missing ID');
      const entry = entries.get(id);
      if (!entry) throw notFound('entry not found');
      return masked(entry, outputMask);
    },

    batchCreateEntry({ entries: sent, outputMask }) {
      return {
        results: sent.map((item) => {
          const created = attempt(() => createEntry(state, item));
          if (created instanceof ConnectError) return create(CreateResult, { status: statusOf(created) });
          const status = created.similar
            ? statusOf(new ConnectError('similar entry already exists', Code.AlreadyExists))
            : ok();
          return create(CreateResult, { status, entry: masked(created.entry, outputMask) });
        }),
      };
    },

    batchUpdateEntry({ entries: sent, inputMask, outputMask }) {
      return {
        results: sent.map((item) => {
          const updated = attempt(() => updateEntry(state, item, inputMask));
          if (updated instanceof ConnectError) return create(UpdateResult, { status: statusOf(updated) });
          return create(UpdateResult, { status: ok(), entry: masked(updated, outputMask) });
        }),
      };
    },

    batchDeleteEntry({ ids }) {
      return {
        results: ids.map((id) => {
          const refusal =
            id === ''
              ? invalid('missing entry ID')
              : entries.delete(id)
                ? undefined
                : notFound('entry not found');
          return create(DeleteResult, { id, status: refusal ? statusOf(refusal) : ok() });
        }),
      };
    },
  };
}

/**
 * One page. The token is that of the last row the datastore selected, even if that row was then filtered out; a
 * page that comes out empty is passed over, as the server does.
 */
async function query(
  entries: EntryStore,
  filter: EntryFilter,
  size: number,
  after: number,
): Promise<{ entries: Entry[]; nextPageToken: string }> {
  const found: Entry[] = [];
  let selected = 0;
  let last = 0;
  const visit = (row: number, entry: Entry): boolean => {
    if (!filter.selects(entry)) return true;
    selected++;
    last = row;
    if (filter.keeps(entry)) found.push(entry);
    const pageIsFull = size > 0 && selected % size === 0;
    return !pageIsFull || found.length === 0;
  };
  if (filter.spiffeId === undefined) await entries.scan(after, visit);
  else
    for (const [row, entry] of entries.withSpiffeId(filter.spiffeId))
      if (row > after && !visit(row, entry)) break;
  return { entries: found, nextPageToken: size > 0 && found.length > 0 ? String(last) : '' };
}

function createEntry(state: TrustDomainState, sent: Entry): { entry: Entry; similar: boolean } {
  const converted = within('failed to convert entry', () => convertEntry(sent, state.name));
  return within('failed to create entry', () => {
    validateEntry(converted);
    const similar = state.entries.similar(converted);
    if (similar) return { entry: similar, similar: true };
    if (state.entries.get(converted.id)) throw uniqueConstraint('registered_entries.entry_id');
    checkUnique(converted);
    checkFederation(state, converted);
    const entry = firstRevision(converted, state.clock.seconds());
    state.entries.add(entry);
    return { entry, similar: false };
  });
}

function updateEntry(state: TrustDomainState, sent: Entry, mask: EntryMask | undefined): Entry {
  const converted = within('failed to convert entry', () => convertEntry(sent, state.name, mask));
  const stored = state.entries.get(sent.id);
  if (!stored) throw notFound('failed to update entry');
  const entry = nextRevision(stored, converted, mask);
  within('failed to update entry', () => {
    validateEntry(entry);
    checkUnique(entry);
    checkFederation(state, converted);
  });
  state.entries.replace(entry);
  return entry;
}

/** A parent need not exist; a trust domain federated with must, the own one included. */
function checkFederation(state: TrustDomainState, entry: Entry): void {
  const unknown = entry.federatesWith.find((td) => td !== state.name && !state.federatedBundles.has(td));
  if (unknown !== undefined) throw internal(`unable to find federated bundle "spiffe://${unknown}"`);
}
