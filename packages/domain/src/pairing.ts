import { quote } from './display.ts';
import type { JudgeInput } from './judge-types.ts';
import { findHomes, type Home } from './pairing-bundles.ts';
import { Chooser } from './pairing-choice.ts';
import {
  type Found,
  type FoundBundle,
  findParts,
  type FoundKey,
  type FoundSvid,
  withTrustDomain,
} from './pairing-found.ts';
import { pairKeys } from './pairing-keys.ts';
import type { Part, PartOf } from './pairing-part.ts';
import type {
  GivenFile,
  PairedBundle,
  PairedChoice,
  PairedDocument,
  PairedKey,
  Pairing,
  Unplaced,
} from './pairing-types.ts';

/**
 * Finds out what lies in files that were given together, and what belongs to what: a spiffe-helper folder, what `spire-agent api fetch
 * x509 -write` leaves, or any mixture of certificates, keys, tokens and bundles. Nothing is judged: use `pairedInput`. `onFile` is told how many files
 * were looked at. Never
 * throws for what the files hold. The order of the answer is that of the files.
 */
export async function pairFiles(
  files: readonly GivenFile[],
  onFile: (done: number) => void = () => undefined,
): Promise<Pairing> {
  const found = await findParts(files, onFile);
  const svids = found.filter(isSvid).map(withTrustDomain);
  const bundleParts = found.filter((one): one is FoundBundle => one.part.type === 'bundle');
  const keyParts = found.filter((one): one is FoundKey => one.part.type === 'key');
  const homes = await findHomes(bundleParts, svids);
  const { keys, unplaced } = pairKeys(keyParts, svids, bundleParts);
  const chooser = new Chooser(bundleParts, homes);

  const documents: PairedDocument[] = [];
  const bundles: PairedBundle[] = bundleParts.map((bundle, index) => pairedBundle(bundle, homes[index]));
  const rest: Unplaced[] = [...unplaced];
  let nextSvid = 0;
  let nextBundle = 0;
  for (const one of found) {
    const { part } = one;
    if (part.type === 'nothing')
      rest.push({ place: one.place, file: one.file, name: one.label, what: part.what, why: part.why });
    if (isSvid(one)) {
      const svid = svids[nextSvid++];
      if (svid) documents.push(pairedSvid(svid, keys.get(svid), chooser.choose(svid)));
    }
    if (part.type === 'document')
      documents.push({ ...plain(one), kind: part.kind, input: part.input, secret: part.secret === true });
    if (part.type === 'bundle') {
      const at = nextBundle++;
      const bundle = bundles[at];
      if (!part.judged || !bundle) continue;
      bundles[at] = { ...bundle, document: documents.length };
      documents.push({
        ...plain(one),
        kind: 'bundle',
        input: part.input,
        secret: false,
        notes: bundle.notes,
        ...(bundle.trustDomain !== undefined && { trustDomain: bundle.trustDomain }),
      });
    }
  }
  return { documents, bundles, unplaced: rest };
}

/** What to ask the judge about one document of a pairing. */
export function pairedInput(
  { bundles }: Pick<Pairing, 'bundles'>,
  document: PairedDocument,
  verifier: Pick<JudgeInput, 'at' | 'audience' | 'trustDomain'>,
): JudgeInput {
  const against = document.against.flatMap(({ trustDomain, bundle }) => {
    const chosen = bundles[bundle];
    return chosen ? [[trustDomain, chosen.input] as const] : [];
  });
  return {
    ...verifier,
    kind: document.kind,
    input: document.input,
    ...(document.key && { key: document.key.bytes }),
    bundles: new Map(against),
  };
}

function isSvid(one: Found): one is Found<PartOf<'chain'> | PartOf<'token'>> {
  return one.part.type === 'chain' || one.part.type === 'token';
}

function plain({ label, file, place }: Found<Part>) {
  return { name: label, file, place, against: [] as readonly PairedChoice[], notes: [] as readonly string[] };
}

function pairedSvid(
  svid: FoundSvid,
  key: PairedKey | undefined,
  against: readonly PairedChoice[],
): PairedDocument {
  const { part, trustDomain } = svid;
  const notes: string[] = [];
  if (key?.by === 'name')
    notes.push(`By its name ${quote(key.file)} is its private key, but nothing shows that it is.`);
  if (trustDomain === undefined) notes.push('No trust domain can be read from it, so no bundle was chosen.');
  return {
    ...plain(svid),
    kind: part.type === 'token' ? part.kind : key ? 'x509-svid-keypair' : 'x509-svid',
    input: part.input,
    secret: false,
    against,
    notes,
    ...(trustDomain !== undefined && { trustDomain }),
    ...(key && { key }),
  };
}

function pairedBundle({ file, place, label, part }: FoundBundle, home: Home | undefined): PairedBundle {
  const carried = part.carried === true;
  const own =
    'It stands in the same file as the SVID, which would vouch for itself; it is not used unless you say so.';
  return {
    name: label,
    file,
    place,
    input: part.input,
    holds: part.holds,
    carried,
    notes: [...(home?.notes ?? []), ...(carried ? [own] : [])],
    ...(home?.trustDomain !== undefined && { trustDomain: home.trustDomain }),
    ...(home?.by !== undefined && { by: home.by }),
  };
}
