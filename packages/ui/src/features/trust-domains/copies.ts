import type { Bundle, BundleCopySchema } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type Timestamp, timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';

/** A copy of a bundle as the URL names it: `connection/trust-domain`, or with `@` and a moment of it. */
export interface CopyRef {
  connection: string;
  trustDomain: string;
  /** Undefined: now. */
  at: Date | undefined;
}

export const bundleKey = (bundle: { connection: string; trustDomain: string }): string =>
  `${bundle.connection}/${bundle.trustDomain}`;

export function readCopyRef(text: string | undefined): CopyRef | undefined {
  const parts = /^([^/]+)\/([^/@]+)(?:@(.+))?$/.exec(text ?? '');
  if (!parts) return undefined;
  const at = parts[3] === undefined ? undefined : new Date(parts[3]);
  if (at && Number.isNaN(at.getTime())) return undefined;
  return { connection: parts[1] ?? '', trustDomain: parts[2] ?? '', at };
}

export const copyRefText = ({ connection, trustDomain, at }: CopyRef): string =>
  `${connection}/${trustDomain}${at ? `@${at.toISOString()}` : ''}`;

export const toCopyMessage = ({
  connection,
  trustDomain,
  at,
}: CopyRef): MessageInitShape<typeof BundleCopySchema> => ({
  connection,
  trustDomain,
  ...(at && { at: timestampFromDate(at) }),
});

/** Every copy there is to compare: each bundle as it is now, then its kept moments, newest first. */
export function copyChoices(bundles: readonly Bundle[]): readonly CopyRef[] {
  return bundles.flatMap((bundle) => {
    const { connection, trustDomain } = bundle;
    const moments = bundle.versions.map((at: Timestamp) => timestampDate(at));
    return [undefined, ...moments].map((at) => ({ connection, trustDomain, at }));
  });
}

/** A right side that is worth a look for a left one: another server's copy, or an earlier moment of the same. */
export function suggestRight(bundles: readonly Bundle[], left: CopyRef): CopyRef | undefined {
  const other = bundles.find(
    (bundle) => bundle.trustDomain === left.trustDomain && bundle.connection !== left.connection,
  );
  if (other) return { connection: other.connection, trustDomain: other.trustDomain, at: undefined };
  return copyChoices(bundles).find(
    (choice) => bundleKey(choice) === bundleKey(left) && choice.at !== undefined,
  );
}
