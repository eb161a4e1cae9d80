import { randomUUID } from 'node:crypto';
import { clone, create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Entry, EntryMask } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { EntryMaskSchema, EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { memberId, parseTrustDomain, workloadId } from './ids.ts';
import { copyParts, maskedParts } from './mask.ts';
import { checkSelectors, selectorText } from './selectors.ts';
import { invalid, within } from './status.ts';

const maxHintLength = 1024;
const maxIdLength = 255;
/** Set by the server; what a client sends is ignored. */
const serverParts = ['revisionNumber', 'createdAt'];

/** What a client wrote, checked and normalised, with only the parts in `mask`. The order of checks is the server's. */
export function convertEntry(sent: Entry, trustDomain: string, mask?: EntryMask): Entry {
  const parts = maskedParts(EntryMaskSchema, mask).filter((part) => !serverParts.includes(part));
  const entry = create(EntrySchema, { id: sent.id });
  copyParts(entry, clone(EntrySchema, sent), parts);
  if (parts.includes('parentId'))
    entry.parentId = within('invalid parent ID', () => memberId(sent.parentId, trustDomain));
  if (parts.includes('spiffeId'))
    entry.spiffeId = within('invalid spiffe ID', () => workloadId(sent.spiffeId, trustDomain));
  if (parts.includes('dnsNames')) for (const name of sent.dnsNames) checkDnsName(name);
  if (parts.includes('federatesWith'))
    entry.federatesWith = sent.federatesWith.map((name) =>
      within('invalid federated trust domain', () => parseTrustDomain(name)),
    );
  if (parts.includes('selectors')) {
    checkSelectors(sent.selectors);
    if (sent.selectors.length === 0) throw invalid('selector list is empty');
  }
  if (parts.includes('hint') && sent.hint.length > maxHintLength)
    throw invalid(`hint is too long, max length is ${maxHintLength} characters`);
  return entry;
}

function checkDnsName(name: string): void {
  const labels = (name.startsWith('*.') ? name.slice(2) : name).split('.');
  const bad =
    name === '' ||
    name.length > 255 ||
    labels.some((label) => !/^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
  if (bad) throw invalid(`invalid DNS name: name does not match regex: "${name}"`);
}

/** What the datastore refuses of a whole entry. */
export function validateEntry(entry: Entry): void {
  const refuse = (why: string) => invalid(`datastore-validation: invalid registration entry: ${why}`);
  if (entry.storeSvid) {
    if (new Set(entry.selectors.map((selector) => selector.type)).size > 1)
      throw refuse('selector types must be the same when store SVID is enabled');
    if (entry.additionalAttributes?.disableX509SvidPrefetch)
      throw invalid('datastore-validation: specifying cache behaviour is incompatible with storable SVIDs');
  }
  if (entry.id.length > maxIdLength) throw refuse('entry ID too long');
  if (!/^[A-Za-z0-9._-]*$/.test(entry.id)) throw refuse('entry ID contains invalid characters');
  if (entry.x509SvidTtl < 0) throw refuse('X509SvidTtl is not set');
  if (entry.jwtSvidTtl < 0) throw refuse('JwtSvidTtl is not set');
}

/** Tables of the datastore hold no pair twice. */
export function checkUnique(entry: Entry): void {
  if (hasDuplicates(entry.selectors.map(selectorText)))
    throw uniqueConstraint('selectors.registered_entry_id, selectors.type, selectors.value');
  if (hasDuplicates(entry.dnsNames)) throw uniqueConstraint('dns_names.registered_entry_id, dns_names.value');
}

const hasDuplicates = (values: string[]): boolean => new Set(values).size < values.length;

export const uniqueConstraint = (columns: string): ConnectError =>
  new ConnectError(`datastore-sql: UNIQUE constraint failed: ${columns}`, Code.AlreadyExists);

/** A converted entry as it is first stored. */
export function firstRevision(entry: Entry, now: number): Entry {
  return { ...entry, id: entry.id || randomUUID(), revisionNumber: 0n, createdAt: BigInt(now) };
}

/** `stored` with the masked parts of `sent`, and one revision further even if the mask is empty. */
export function nextRevision(stored: Entry, sent: Entry, mask: EntryMask | undefined): Entry {
  const next = { ...stored };
  copyParts(
    next,
    sent,
    maskedParts(EntryMaskSchema, mask).filter((part) => !serverParts.includes(part)),
  );
  next.revisionNumber = stored.revisionNumber + 1n;
  return next;
}
