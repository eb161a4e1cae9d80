import type { Bundle } from './bundle.ts';
import { readBundle } from './bundle.ts';
import { ownBytes, toHex } from './bytes.ts';
import { thumbprint } from './decode-bundle.ts';
import { sha256 } from './digest.ts';
import { escapeText } from './display.ts';
import { limits } from './limits.ts';
import { signedPieces } from './nearest-pieces.ts';
import type {
  Candidate,
  KnownBundle,
  NearestInput,
  NearestSigner,
  NearKey,
  SignedPiece,
  SignerPlace,
  SignerRelation,
} from './nearest-types.ts';
import { nearWords, placesOf } from './nearest-words.ts';
import { describeKey, keyIdentity } from './public-key.ts';
import { parseTrustDomain } from './spiffe-id.ts';

const SHOWN = 5;
const ORDER: Readonly<Record<SignerRelation, number>> = { signed: 0, 'key-id': 1, name: 2 };

/**
 * Says which key of which bundle made the signature of an SVID; when none did, which come nearest by key id or by name. Looks into
 * the bundles of every trust domain and into older copies, which never make a document valid. Undefined for kinds without a
 * signature and for documents that cannot be taken apart. Bounded as a judgement is: 4 MiB of bundles, 100 signatures.
 */
export async function nearestSigner({
  kind,
  input,
  known,
}: NearestInput): Promise<NearestSigner | undefined> {
  const pieces = await signedPieces(kind, ownBytes(input));
  const [first] = pieces ?? [];
  if (!pieces || !first) return undefined;
  const { candidates, bundles, older, leftOut } = collect(known, first.trustDomain, first.use);
  const found: Found[] = [];
  let [signatures, untried] = [0, 0];
  for (const piece of pieces) {
    const likely = candidates
      .map((candidate) => ({ candidate, likeness: likenessOf(piece, candidate) }))
      .sort((a, b) => a.likeness - b.likeness);
    let signer: Candidate | undefined;
    for (const { candidate } of likely) {
      if (!signer && piece.couldSign(candidate.entry)) {
        if (signatures >= limits.signatureChecks) untried++;
        else {
          signatures++;
          if (await piece.signedBy(candidate.entry)) signer = candidate;
        }
      }
      const relation = candidate === signer ? 'signed' : piece.relation(candidate.entry);
      if (relation) found.push({ piece, relation, candidate, rank: rankOf(relation, candidate) });
    }
    // A higher certificate that is accounted for says everything about those below it.
    if (signer) break;
  }
  const nearest = [...found].sort((a, b) => a.rank - b.rank);
  const signed = nearest[0]?.relation === 'signed';
  const keys: NearKey[] = [];
  for (const one of nearest.slice(0, signed ? 1 : SHOWN)) keys.push(await describe(one));
  return {
    keys,
    compared: comparedWords({
      keys: candidates.length,
      bundles,
      older,
      leftOut,
      untried: signed ? 0 : untried,
      by: first.by,
      nothing: keys.length === 0,
    }),
    complete: signed || (untried === 0 && leftOut === 0),
  };
}

interface Found {
  readonly piece: SignedPiece;
  readonly relation: SignerRelation;
  readonly candidate: Candidate;
  readonly rank: number;
}

function collect(known: readonly KnownBundle[], own: string | undefined, use: string) {
  const byKey = new Map<string, Candidate>();
  let [left, leftOut, bundles, older]: [number, number, number, number] = [limits.bundleBytes, 0, 0, 0];
  for (const one of known) {
    left -= one.bytes.length;
    const read = left < 0 ? undefined : readBundle(ownBytes(one.bytes));
    if (!read?.ok) {
      leftOut++;
      continue;
    }
    if (one.older) older++;
    else bundles++;
    addEntries(byKey, read.value, one, own);
  }
  const candidates = [...byKey.values()];
  for (const { places } of candidates) places.sort((a, b) => placeRank(a, use) - placeRank(b, use));
  return { candidates, bundles, older, leftOut };
}

function addEntries(
  byKey: Map<string, Candidate>,
  bundle: Bundle,
  one: KnownBundle,
  own: string | undefined,
): void {
  const name = one.trustDomain.replace(/^spiffe:\/\//u, '');
  const parsed = parseTrustDomain(name);
  for (const entry of bundle.entries) {
    const key = entry.certificate?.publicKey.key ?? entry.key;
    const identity = key && keyIdentity(key);
    if (identity === undefined) continue;
    // The same key under two names, or with a renewed certificate, is two candidates: both have something to say.
    const id = JSON.stringify([identity, entry.keyId, entry.certificate && toHex(entry.certificate.serial)]);
    const candidate = byKey.get(id) ?? { entry, places: [] };
    byKey.set(id, candidate);
    candidate.places.push({
      trustDomain: parsed.ok ? parsed.value : escapeText(name.slice(0, 300)),
      source: one.source,
      use: entry.use ?? '',
      own: parsed.ok && parsed.value === own,
      chosen: one.chosen === true,
      ...(one.older && { older: one.older }),
      ...(entry.ignored !== undefined && { ignored: entry.ignored }),
    });
  }
}

/** What is most likely to have signed is tried first, so that the bound on signatures cuts off the least likely. */
function likenessOf(piece: SignedPiece, { entry, places }: Candidate): number {
  const relation = piece.relation(entry);
  return (
    (relation ? ORDER[relation] : 3) * 10 + (places[0]?.own === true ? 0 : 5) + (places[0]?.older ? 1 : 0)
  );
}

function placeRank(place: SignerPlace, use: string): number {
  return (
    (place.use === use ? 0 : 16) +
    (place.ignored === undefined ? 0 : 8) +
    (place.own ? 0 : 4) +
    (place.older ? 2 : 0) +
    (place.chosen ? 0 : 1)
  );
}

function rankOf(relation: SignerRelation, { places: [place] }: Candidate): number {
  return ORDER[relation] * 100 + (place ? placeRank(place, place.use) : 99);
}

async function describe({ piece, relation, candidate: { entry, places } }: Found): Promise<NearKey> {
  const { certificate } = entry;
  const key = certificate?.publicKey.key ?? entry.key;
  const skid = certificate?.extensions.subjectKeyId;
  const keyId = entry.keyId ?? (skid && toHex(skid.subarray(0, 64)));
  const print = certificate ? toHex(await sha256(certificate.der)) : key && (await thumbprint(key));
  const near = {
    relation,
    subject: piece.subject,
    keyType: key ? describeKey(key) : '',
    places: placesOf(places),
    ...(keyId === undefined ? {} : { keyId: escapeText(keyId.slice(0, 256)) }),
    ...(certificate ? { name: certificate.subject.text.slice(0, 600) } : {}),
    ...(print === undefined ? {} : { fingerprint: print }),
  };
  return { ...near, words: nearWords(near, piece) };
}

interface Compared {
  readonly keys: number;
  readonly bundles: number;
  readonly older: number;
  readonly leftOut: number;
  readonly untried: number;
  readonly by: string;
  readonly nothing: boolean;
}

function comparedWords({ keys, bundles, older, leftOut, untried, by, nothing }: Compared): string {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const copies = older === 0 ? '' : ` and ${older} older ${older === 1 ? 'copy' : 'copies'}`;
  return [
    ...(nothing && keys > 0 ? ['None of them made the signature or resembles the key that did.'] : []),
    keys === 0
      ? `No key is known to compare with (${count(bundles, 'bundle')}${copies}).`
      : `Compared with ${count(keys, 'key')} of ${count(bundles, 'bundle')}${copies}: the signature itself, and ${by}.`,
    ...(untried > 0
      ? [`The search ended after ${limits.signatureChecks} signatures; ${count(untried, 'key')} not tried.`]
      : []),
    ...(leftOut > 0 ? [`${count(leftOut, 'bundle')} could not be read or too large to look into.`] : []),
  ].join(' ');
}
