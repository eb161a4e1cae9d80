import { compareCertificates } from './compare-certificates.ts';
import { type ComparedField, differs, Fields, type Meaning } from './compare-types.ts';
import type { DecodedBundle, DecodedBundleKey } from './decoded.ts';

/** Two bundles key by key. `of` names the trust domain where there are several. */
export function compareBundles(left: DecodedBundle, right: DecodedBundle, of = ''): readonly ComparedField[] {
  const head = new Fields(of === '' ? 'Bundle' : `Bundle of ${of}`);
  head.add('Sequence', left.sequence, right.sequence, sequenceMeaning(left.sequence, right.sequence));
  const seconds = (hint: string | undefined) => hint && `${hint} s`;
  head.add('Refresh hint', seconds(left.refreshHint), seconds(right.refreshHint));
  head.add('Keys', String(left.keyCount), String(right.keyCount));
  const fields = [...head.list, ...compareKeys(left.keys, right.keys, of)];
  const keysDiffer = fields.some((field) => field.name === 'Key' && field.state !== 'equal');
  // TD&Bundle 4.1.1: the number changes with the content.
  return keysDiffer && left.sequence !== undefined && left.sequence === right.sequence
    ? fields.map((field) =>
        field.name === 'Sequence'
          ? {
              ...field,
              tone: 'bad',
              meaning: 'The keys differ and the number does not: TD&Bundle 4.1.1 asks for a new one.',
            }
          : field,
      )
    : fields;
}

function sequenceMeaning(left: string | undefined, right: string | undefined) {
  return (): Meaning | undefined => {
    if (left === undefined || right === undefined || left === right) return undefined;
    const [one, two] = [number(left), number(right)];
    if (one === undefined || two === undefined) return undefined;
    return two > one
      ? ['good', 'The right one is the newer.']
      : ['look', 'It goes back: the left one is the newer.'];
  };
}

function number(digits: string): bigint | undefined {
  return /^-?\d{1,100}$/u.test(digits) ? BigInt(digits) : undefined;
}

function compareKeys(
  left: readonly DecodedBundleKey[],
  right: readonly DecodedBundleKey[],
  of: string,
): readonly ComparedField[] {
  const pairs = pairKeys(left, right);
  return pairs.flatMap(([one, two]) => comparePair(one, two, of));
}

/** The same key under the same name; then what is left by name; then by key. */
function pairKeys(
  left: readonly DecodedBundleKey[],
  right: readonly DecodedBundleKey[],
): readonly (readonly [DecodedBundleKey | undefined, DecodedBundleKey | undefined])[] {
  const pairs: (readonly [DecodedBundleKey | undefined, DecodedBundleKey | undefined])[] = [];
  let [ones, twos] = [[...left], [...right]];
  for (const idOf of [exact, byName, byKey]) {
    const waiting = new Map<string, DecodedBundleKey[]>();
    for (const two of twos) {
      const id = idOf(two);
      if (id !== undefined) waiting.set(id, [...(waiting.get(id) ?? []), two]);
    }
    const taken = new Set<DecodedBundleKey>();
    ones = ones.filter((one) => {
      const id = idOf(one);
      const two = id === undefined ? undefined : waiting.get(id)?.shift();
      if (!two) return true;
      pairs.push([one, two]);
      taken.add(two);
      return false;
    });
    twos = twos.filter((two) => !taken.has(two));
  }
  for (const one of ones) pairs.push([one, undefined]);
  for (const two of twos) pairs.push([undefined, two]);
  return pairs;
}

const exact = ({ use, keyId, fingerprint }: DecodedBundleKey) =>
  fingerprint === undefined ? undefined : JSON.stringify([use, keyId, fingerprint]);
const byName = ({ use, keyId }: DecodedBundleKey) =>
  keyId === undefined ? undefined : JSON.stringify([use, keyId]);
/** A renewed certificate keeps the subject key identifier; a renamed key keeps its thumbprint. */
const byKey = ({ use, fingerprint, certificate }: DecodedBundleKey) => {
  const key = certificate ? certificate.subjectKeyId : fingerprint;
  return key === undefined ? undefined : JSON.stringify([use, key]);
};

const kinds = new Map([
  ['x509-svid', 'X.509 authority'],
  ['jwt-svid', 'JWT authority'],
  ['wit-svid', 'WIT authority'],
]);

function nameOf(key: DecodedBundleKey, of: string): string {
  const kind = kinds.get(key.use) ?? `key of use ${key.use || '(none)'}`;
  const id = key.keyId ?? (key.certificate ? `serial ${key.certificate.serial}` : key.fingerprint);
  return `${of === '' ? '' : `${of}: `}${kind}${id === undefined ? '' : ` ${id}`}`;
}

function comparePair(
  one: DecodedBundleKey | undefined,
  two: DecodedBundleKey | undefined,
  of: string,
): readonly ComparedField[] {
  const key = one ?? two;
  if (!key) return [];
  const fields = new Fields(nameOf(key, of));
  const text = (bundleKey: DecodedBundleKey | undefined) => bundleKey && summary(bundleKey);
  fields.add('Key', text(one), text(two), keyMeaning(one, two));
  if (!one || !two) return fields.list;
  fields.add('Key id', one.keyId, two.keyId, differs('look', 'The same key under another id.'));
  fields.add(
    'Used',
    used(one),
    used(two),
    differs('look', 'A consumer of the one takes it, of the other it does not.'),
  );
  const [before, after] = [one.certificate, two.certificate];
  if (!before || !after || before.fingerprint === after.fingerprint) return fields.list;
  return [...fields.list, ...compareCertificates(fields.group, { decoded: before }, { decoded: after })];
}

function summary({ keyType, fingerprint, certificate }: DecodedBundleKey): string {
  const until = certificate ? `, until ${certificate.notAfter}` : '';
  return `${keyType || 'unknown kind'}${until}${fingerprint === undefined ? '' : `, SHA-256 ${fingerprint}`}`;
}

function used({ usable, note }: DecodedBundleKey): string {
  return usable ? 'yes' : `ignored${note === undefined ? '' : `: ${note}`}`;
}

function keyMeaning(one: DecodedBundleKey | undefined, two: DecodedBundleKey | undefined) {
  return (): Meaning | undefined => {
    if (!one) return ['look', 'Added: what it signs is accepted from now on.'];
    if (!two) return ['look', 'Removed: what it signed is refused by whoever has the right bundle.'];
    if (one.fingerprint === two.fingerprint) return undefined;
    if (one.certificate && two.certificate && one.certificate.subjectKeyId !== undefined)
      return ['plain', 'The same key identifier with another certificate: renewed.'];
    return [
      'bad',
      'Another key under the same id: a verifier that knows the one refuses what the other signs.',
    ];
  };
}
