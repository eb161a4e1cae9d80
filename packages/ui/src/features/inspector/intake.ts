import {
  checkKey,
  type GivenFile,
  judge,
  type PairedDocument,
  type Pairing,
  pairFiles,
  toHex,
} from '@muster/domain';
import { type InspectedDocument, largestFile, mostBytes, type Refused } from './documents.ts';
import { holdsPrivateKey } from './secrets.ts';

/** Something to take in: its content, or the file that has it. */
export type IntakeSource = { readonly name: string; readonly trustDomain?: string } & (
  { readonly blob: Blob } | { readonly bytes: Uint8Array }
);

/** What already lies on the bench; it is paired with what comes. */
export type KnownDocument = Pick<
  InspectedDocument,
  'id' | 'name' | 'bytes' | 'authorities' | 'bundleOf' | 'file' | 'carried'
>;

export interface IntakeRequest {
  readonly sources: readonly IntakeSource[];
  readonly known: readonly KnownDocument[];
  /**
   * `use`: keys in files are compared with their certificates. `refuse`: a key anywhere refuses all of it, as for what is pasted,
   * where nobody meant to give a key away (S-13).
   */
  readonly keys: 'use' | 'refuse';
  /** Milliseconds since 1970; when a document that may not be kept is judged. */
  readonly at: number;
}

export interface IntakeAnswer {
  readonly documents: readonly InspectedDocument[];
  /** What is new about documents that were there before. */
  readonly updates: readonly DocumentUpdate[];
  readonly refused: readonly Refused[];
  /** A private key was seen: whoever holds this heap should let go of it. */
  readonly sawKeys: boolean;
}

export type DocumentUpdate = Pick<InspectedDocument, 'id' | 'prefers' | 'notes' | 'keyCheck' | 'bundleOf'>;

export interface IntakeProgress {
  readonly step: 'reading' | 'sorting' | 'comparing keys';
  readonly done: number;
  readonly total: number;
}

/**
 * Reads what was given, finds out what it is, and pairs it with one another and with what was there. Runs in a worker: private keys
 * are read, compared and overwritten there, and no answer holds one (S-13).
 */
export async function takeIn(
  request: IntakeRequest,
  onProgress: (progress: IntakeProgress) => void,
): Promise<IntakeAnswer> {
  const known = request.known.map(knownFile);
  const { files, refused } = await readAll(request.sources, onProgress);
  const all = [...known, ...files];
  const sorting = throttled((done) => onProgress({ step: 'sorting', done, total: all.length }));
  const pairing = await pairFiles(all, sorting);
  const isNew = (place: number) => place >= known.length;
  const withKeys = new Set([
    ...pairing.documents.flatMap(({ key, secret, place }) => [
      ...(key ? [key.place] : []),
      ...(secret ? [place] : []),
    ]),
    ...pairing.unplaced.flatMap(({ what, place }) => (what === 'private-key' ? [place] : [])),
  ]);
  try {
    if (request.keys === 'refuse' && [...withKeys].some(isNew)) return refusedForKeys(pairing);
    return await sortOut(request, pairing, known.length, refused, onProgress, withKeys.size > 0);
  } finally {
    for (const place of withKeys) if (isNew(place)) all[place]?.bytes.fill(0);
    for (const { key, secret, input } of pairing.documents) {
      key?.bytes.fill(0);
      if (secret) input.fill(0);
    }
  }
}

function knownFile({ name, file, bytes, authorities, bundleOf }: KnownDocument): GivenFile {
  const trustDomain = authorities && bundleOf !== undefined && bundleOf !== '' ? bundleOf : undefined;
  return { name: file ?? name, bytes, ...(trustDomain !== undefined && { trustDomain }) };
}

function refusedForKeys({ unplaced }: Pairing): IntakeAnswer {
  const key = unplaced.find(({ what }) => what === 'private-key');
  return {
    documents: [],
    updates: [],
    refused: [{ reason: 'private-key', name: key?.name ?? '', why: key?.why }],
    sawKeys: true,
  };
}

async function sortOut(
  { at, known }: IntakeRequest,
  { documents, bundles, unplaced }: Pairing,
  before: number,
  unread: readonly Refused[],
  onProgress: (progress: IntakeProgress) => void,
  sawKeys: boolean,
): Promise<IntakeAnswer> {
  const refused: Refused[] = [...unread];
  for (const { what, name, why, place } of unplaced)
    if (place >= before) refused.push({ reason: what, name, why });
  // Ids first: documents name the bundles they are judged by.
  const documentIds = documents.map(({ place }) => known[place]?.id ?? crypto.randomUUID());
  const bundleIds = bundles.map(({ document, place }) =>
    document === undefined ? (known[place]?.id ?? crypto.randomUUID()) : (documentIds[document] ?? ''),
  );
  const bundleOfDocument = new Map(
    bundles.flatMap((bundle) => (bundle.document === undefined ? [] : [[bundle.document, bundle]])),
  );
  const added: InspectedDocument[] = [];
  const updates: DocumentUpdate[] = [];
  const keyed = documents.filter(({ key }) => key).length;
  let compared = 0;
  const comparing = throttled((done) => onProgress({ step: 'comparing keys', done, total: keyed }));
  for (const [index, document] of documents.entries()) {
    const id = documentIds[index] ?? '';
    const prefers = document.against.flatMap(({ bundle }) => bundleIds[bundle] ?? []);
    const check = document.key && (await checkKey(document.input, document.key.bytes));
    if (document.key) comparing(++compared);
    const keyCheck = document.key && check && { check, file: document.key.file };
    const about = { prefers, notes: document.notes, ...(keyCheck && { keyCheck }) };
    if (document.place < before) {
      const was = known[document.place];
      const home = bundleOfDocument.get(index)?.trustDomain;
      const unsaid = was?.authorities && !was.carried && (was.bundleOf ?? '') === '' && home !== undefined;
      updates.push({ id, ...about, ...(unsaid && { bundleOf: home }) });
      continue;
    }
    if (!document.secret && holdsPrivateKey(document.input)) {
      refused.push({
        reason: 'private-key',
        name: document.name,
        why: 'A private key stands in it: remove the key.',
      });
      continue;
    }
    const bundle = bundleOfDocument.get(index);
    const kind = document.kind === 'x509-svid-keypair' ? 'x509-svid' : document.kind;
    added.push({
      id,
      name: document.name,
      file: document.file,
      kind,
      authorities: bundle !== undefined,
      ...(document.secret
        ? { bytes: new Uint8Array(), once: await judgeOnce(document, at) }
        : { bytes: document.input }),
      ...(document.trustDomain !== undefined && { trustDomain: document.trustDomain }),
      ...(bundle && { holds: bundle.holds, bundleOf: bundle.trustDomain ?? '' }),
      ...about,
    });
  }
  for (const [index, bundle] of bundles.entries()) {
    if (bundle.document !== undefined || bundle.place < before) continue;
    if (holdsPrivateKey(bundle.input)) continue;
    added.push({
      id: bundleIds[index] ?? '',
      name: bundle.name,
      file: bundle.file,
      kind: 'bundle',
      bytes: bundle.input,
      authorities: true,
      piece: true,
      carried: bundle.carried,
      holds: bundle.holds,
      bundleOf: bundle.carried ? '' : (bundle.trustDomain ?? ''),
      notes: bundle.notes,
    });
  }
  return { documents: added, updates, refused, sawKeys };
}

async function judgeOnce(
  { kind, input }: PairedDocument,
  at: number,
): Promise<NonNullable<InspectedDocument['once']>> {
  const digest = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', input)));
  const moment = new Date(at);
  return { judgement: await judge({ kind, input, bundles: new Map(), at: moment }), at: moment, digest };
}

/** Files that are read together, and their bytes together. */
const atOnce = 64;
const bytesAtOnce = 4 * 1024 * 1024;

interface Unread {
  readonly index: number;
  readonly blob: Blob;
}

/** Contents in the order of the sources. What is too large is not read, and what cannot be read is told. */
async function readAll(
  sources: readonly IntakeSource[],
  onProgress: (progress: IntakeProgress) => void,
): Promise<{ readonly files: readonly GivenFile[]; readonly refused: readonly Refused[] }> {
  const contents = new Map<number, Uint8Array>();
  const refused: Refused[] = [];
  const unread: Unread[] = [];
  let total = 0;
  for (const [index, source] of sources.entries()) {
    const { name } = source;
    const size = 'blob' in source ? source.blob.size : source.bytes.length;
    total += size > largestFile ? 0 : size;
    if (size > largestFile)
      refused.push({ reason: 'too-large', name, why: `It has ${mebibytes(size)}; it was not read.` });
    else if (total > mostBytes)
      refused.push({ reason: 'too-many', name, why: 'It was not read: the drop is too large as a whole.' });
    else if ('blob' in source) unread.push({ index, blob: source.blob });
    else contents.set(index, source.bytes);
  }
  let done = sources.length - unread.length;
  for (const group of grouped(unread)) {
    for (const [index, bytes] of await readTogether(group)) {
      if (bytes) contents.set(index, bytes);
      else
        refused.push({
          reason: 'unreadable',
          name: sources[index]?.name ?? '',
          why: 'The browser could not read it.',
        });
    }
    done += group.length;
    onProgress({ step: 'reading', done, total: sources.length });
  }
  const files = sources.flatMap(({ name, trustDomain }, index): GivenFile[] => {
    const bytes = contents.get(index);
    return bytes ? [{ name, bytes, ...(trustDomain !== undefined && { trustDomain }) }] : [];
  });
  return { files, refused };
}

function grouped(unread: readonly Unread[]): readonly (readonly Unread[])[] {
  const groups: Unread[][] = [];
  let size = 0;
  for (const one of unread) {
    const group = groups.at(-1);
    size += one.blob.size;
    if (group && group.length < atOnce && size <= bytesAtOnce) group.push(one);
    else {
      groups.push([one]);
      size = one.blob.size;
    }
  }
  return groups;
}

/** Asks the browser once for all of them: to be asked costs it more than a small file. Undefined: it could not be read. */
async function readTogether(
  group: readonly Unread[],
): Promise<readonly (readonly [index: number, bytes: Uint8Array | undefined])[]> {
  try {
    const all = new Uint8Array(await new Blob(group.map(({ blob }) => blob)).arrayBuffer());
    let end = 0;
    const parts = group.map(({ index, blob }) => [index, all.slice(end, (end += blob.size))] as const);
    // A private key stays in the one place that is overwritten when it was compared (S-13).
    all.fill(0);
    if (end === all.length) return parts;
  } catch {
    // One of them, perhaps: who it is shows when each is read by itself.
  }
  return Promise.all(
    group.map(async ({ index, blob }) => {
      const bytes = await blob.arrayBuffer().catch(() => undefined);
      return [index, bytes && new Uint8Array(bytes)] as const;
    }),
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Every fiftieth is told: each would cost more than the work. */
function throttled(tell: (done: number) => void): (done: number) => void {
  return (done) => {
    if (done % 50 === 0) tell(done);
  };
}
