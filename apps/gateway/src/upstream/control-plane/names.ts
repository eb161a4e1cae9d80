import type { NameRow } from './port.ts';

const noInstance64 = 0xffff_ffff_ffff_ffffn;

/** An instance as 2.0–3.4 write it: 128 bits in two halves; all ones, or nothing, is no instance. */
export function instanceOfHalves(high: bigint, low: bigint): string {
  if (high === noInstance64 && low === noInstance64) return '';
  const digits = ((high << 64n) | low).toString(16).padStart(32, '0');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}

/** Up to 1.4 an instance is a number of 64 bits. */
export function instanceOfNumber(id: bigint | undefined): string {
  return id === undefined || id === noInstance64 ? '' : String(id);
}

/** What an instance of a number is written as; undefined: none. */
export function numberOfInstance(instance: string): bigint | undefined {
  return instance === '' ? undefined : BigInt(instance);
}

export function nameOf(components: readonly [string, string, string], instance: string): NameRow {
  return { name: components.every((one) => one === '') ? '' : components.join('/'), instance };
}

/** org, namespace and app of a name. */
export function componentsOf(name: string): [string, string, string] {
  const [organization = '', namespace = '', app = ''] = name.split('/');
  return [organization, namespace, app];
}

/** Year 9999: a later moment has no text, and one beyond JavaScript's is no date (S-38). */
const lastSecond = 253_402_300_799n;

/** Unix seconds as a moment; 0 is none, and so is what was before 1970: nothing of SLIM is as old. */
export function momentOf(seconds: bigint): Date | undefined {
  if (seconds <= 0n) return undefined;
  return new Date(Number(seconds > lastSecond ? lastSecond : seconds) * 1000);
}

/** The endpoint in a connection's configuration. The rest of it may hold credentials, and is not kept. */
export function endpointOf(config: string): string {
  try {
    const parsed: unknown = JSON.parse(config);
    if (typeof parsed !== 'object' || parsed === null || !('endpoint' in parsed)) return '';
    return typeof parsed.endpoint === 'string' ? withoutUserinfo(parsed.endpoint) : '';
  } catch {
    return '';
  }
}

/** Somebody may have written a password into an address. */
function withoutUserinfo(endpoint: string): string {
  return endpoint.replace(/^([a-z]+:\/\/)[^/@]*@/iu, '$1');
}
