import type { Timestamp } from '@bufbuild/protobuf/wkt';

/** Year 9999: beyond it Timestamp has no text form, and a server may send anything. */
const lastSecond = 253_402_300_799n;

/** Unix seconds; 0 is "never" and unset. */
export function timestamp(seconds: bigint): Timestamp | undefined {
  if (seconds === 0n) return undefined;
  const first = -62_135_596_800n;
  const bounded = seconds > lastSecond ? lastSecond : seconds < first ? first : seconds;
  return { $typeName: 'google.protobuf.Timestamp', seconds: bounded, nanos: 0 };
}

/** RFC 3339; times that no date can hold stay numbers. */
export function iso(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace('.000Z', 'Z');
}
