import { toLatin1 } from './bytes.ts';
import { type Home, holdsFor } from './pairing-bundles.ts';
import type { FoundBundle, FoundSvid } from './pairing-found.ts';
import { bundleNumber, distance, isOwnBundle, svidNumber } from './pairing-names.ts';
import type { PairedChoice } from './pairing-types.ts';

/** Bundles of other trust domains only make sentences better, so a few are enough. */
const MOST_OTHERS = 16;
/** Different bundles of one trust domain that are weighed against one another. */
const MOST_WEIGHED = 100;

/** Chooses one bundle a trust domain for each SVID. Bundles are never merged (Federation 4.2). */
export class Chooser {
  readonly #bundles: readonly FoundBundle[];
  readonly #byDomain = new Map<string, number[]>();
  readonly #byNumber = new Map<string, number>();
  readonly #known = new Map<string, readonly PairedChoice[]>();
  readonly #holds = new Map<string, boolean>();

  constructor(bundles: readonly FoundBundle[], homes: readonly Home[]) {
    this.#bundles = bundles;
    const seen = new Set<string>();
    for (const [index, { name, part }] of bundles.entries()) {
      const trustDomain = homes[index]?.trustDomain;
      if (trustDomain === undefined || part.carried) continue;
      const content = `${trustDomain} ${toLatin1(part.input)}`;
      if (seen.has(content)) continue;
      seen.add(content);
      const alike = this.#byDomain.get(trustDomain);
      if (alike) alike.push(index);
      else this.#byDomain.set(trustDomain, [index]);
      const number = bundleNumber(name);
      if (number !== undefined) this.#byNumber.set(`${trustDomain} ${name.folder}/${number}`, index);
    }
  }

  choose(svid: FoundSvid): readonly PairedChoice[] {
    const { trustDomain, name, part } = svid;
    // Every SVID of one folder, trust domain and kind gets the same answer; a drop of thousands is sorted once.
    const kind = part.type === 'token' ? part.kind : part.type;
    const known = JSON.stringify([trustDomain, name.folder, this.#numbered(svid), kind]);
    const before = this.#known.get(known);
    if (before) return before;
    const others = [...this.#byDomain.keys()].filter((one) => one !== trustDomain).slice(0, MOST_OTHERS);
    const wanted = trustDomain === undefined ? others : [trustDomain, ...others];
    const chosen = wanted.flatMap((one) => this.#ofDomain(one, svid));
    this.#known.set(known, chosen);
    return chosen;
  }

  /** The bundle that has the number of the SVID, and is of its trust domain. */
  #numbered({ trustDomain, name }: FoundSvid): number | undefined {
    const number = svidNumber(name);
    return number === undefined ? undefined : this.#byNumber.get(`${trustDomain} ${name.folder}/${number}`);
  }

  #ofDomain(trustDomain: string, svid: FoundSvid): readonly PairedChoice[] {
    const own = trustDomain === svid.trustDomain ? this.#numbered(svid) : undefined;
    const weighed = (this.#byDomain.get(trustDomain) ?? []).slice(0, MOST_WEIGHED);
    const candidates = own === undefined || weighed.includes(own) ? weighed : [own, ...weighed];
    const [first, ...others] = candidates
      .map((index) => ({ index, rank: this.#rank(index, svid, own) }))
      .sort((a, b) => compareRanks(a.rank, b.rank) || a.index - b.index)
      .map(({ index }) => index);
    return first === undefined ? [] : [{ trustDomain, bundle: first, others }];
  }

  /** Lower is better, the first difference decides: has the keys, the same number, the nearest folder, a usual name. */
  #rank(index: number, svid: FoundSvid, own: number | undefined): readonly number[] {
    const bundle = this.#bundles[index];
    if (!bundle) return [];
    const numbered = bundleNumber(bundle.name) !== undefined;
    return [
      Number(!this.#holdsFor(index, bundle, svid.part)),
      index === own ? 0 : numbered ? 2 : 1,
      distance(bundle.name.folder, svid.name.folder),
      Number(!isOwnBundle(bundle.name)),
    ];
  }

  #holdsFor(index: number, bundle: FoundBundle, part: FoundSvid['part']): boolean {
    const key = `${index} ${part.type === 'token' ? part.kind : part.type}`;
    const known = this.#holds.get(key);
    if (known !== undefined) return known;
    const holds = holdsFor(bundle, part);
    this.#holds.set(key, holds);
    return holds;
  }
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}
