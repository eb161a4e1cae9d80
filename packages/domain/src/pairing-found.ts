import { type Bytes, utf8Encode } from './bytes.ts';
import { type Certificate, isSelfIssued } from './certificate.ts';
import { spiffeNames } from './certificate-names.ts';
import { type FileName, readName } from './pairing-names.ts';
import { authoritiesPart, isCa, type Part, type PartOf } from './pairing-part.ts';
import { takeApart } from './pairing-parts.ts';
import type { GivenFile, Placed } from './pairing-types.ts';
import { scanSpiffeId } from './spiffe-id-scan.ts';

/** One part with where it stood. */
export interface Found<P extends Part = Part> extends Placed {
  /** The file's name; with what tells the part from the others in the file. */
  readonly label: string;
  readonly name: FileName;
  /** What whoever gave the file said of it. */
  readonly given: string | undefined;
  readonly part: P;
}

/** A document that a bundle can vouch for. */
export type FoundSvid = Found<PartOf<'chain'> | PartOf<'token'>> & {
  readonly trustDomain: string | undefined;
};
export type FoundBundle = Found<PartOf<'bundle'>>;
export type FoundKey = Found<PartOf<'key'>>;

/** Everything that stands in the files, in their order. */
export async function findParts(
  files: readonly GivenFile[],
  onFile: (done: number) => void,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const [place, file] of files.entries()) {
    const parts = (await takeApart(file)).flatMap((part) =>
      file.trustDomain === undefined ? byTrustDomain(part) : [part],
    );
    const roots = parts.flatMap(rootsIn);
    const name = readName(file.name);
    for (const [index, part] of [...parts, ...roots].entries())
      found.push({
        place,
        given: file.trustDomain,
        file: file.name,
        label: labelOf(file.name, part, index, parts),
        name,
        part,
      });
    onFile(place + 1);
  }
  return found;
}

function labelOf(file: string, part: Part, index: number, parts: readonly Part[]): string {
  if (part.type === 'bundle' && part.carried) return `${file} (CA)`;
  // A piece of a map is not the map.
  if (part.type === 'bundle' && part.trustDomain !== undefined && parts.length > 1)
    return `${file} (${part.trustDomain})`;
  const alike = parts.filter(({ type }) => type === part.type);
  if (alike.length < 2) return file;
  return `${file} (${parts.slice(0, index + 1).filter(({ type }) => type === part.type).length})`;
}

/** spiffe-helper can write the CAs of federated trust domains into one file; each may only vouch for its own. */
function byTrustDomain(part: Part): readonly Part[] {
  if (part.type !== 'bundle' || !part.certificates) return [part];
  const groups = new Map<string | undefined, Certificate[]>();
  for (const certificate of part.certificates) {
    const name = namedDomain(certificate);
    const group = groups.get(name);
    if (group) group.push(certificate);
    else groups.set(name, [certificate]);
  }
  const named = [...groups.keys()].filter((name) => name !== undefined);
  if (named.length < 2) return [part];
  return [...groups].map(([trustDomain, certificates]) => ({
    ...authoritiesPart(certificates),
    ...(trustDomain !== undefined && { trustDomain }),
  }));
}

/** CAs in the file of an SVID that sign themselves: an SVID's own chain has no use for them, but a bundle would. */
function rootsIn(part: Part): readonly Part[] {
  if (part.type !== 'chain' || !part.certificates) return [];
  const roots = part.certificates.slice(1).filter((one) => isCa(one) && isSelfIssued(one));
  return roots.length === 0 ? [] : [{ ...authoritiesPart(roots), judged: false, carried: true }];
}

/** The trust domain of the one SPIFFE ID that a certificate names, lower case. */
export function namedDomain(certificate: Certificate): string | undefined {
  const [id, more] = spiffeNames(certificate);
  return id && !more ? domainOf(id) : undefined;
}

export function withTrustDomain(found: Found<PartOf<'chain'> | PartOf<'token'>>): FoundSvid {
  const { part } = found;
  if (part.type === 'chain') {
    const [leaf] = part.certificates ?? [];
    return { ...found, trustDomain: leaf && namedDomain(leaf) };
  }
  const subject = part.jws?.claims?.get('sub');
  return {
    ...found,
    trustDomain: typeof subject === 'string' ? domainOf(utf8Encode(subject.slice(0, 4096))) : undefined,
  };
}

function domainOf(id: Bytes): string | undefined {
  const { host } = scanSpiffeId(id);
  return host === undefined || host === '' ? undefined : host.toLowerCase();
}
