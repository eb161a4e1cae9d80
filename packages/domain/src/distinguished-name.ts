import { toHex } from './bytes.ts';
import {
  children,
  type Der,
  DerCursor,
  DerError,
  expectTag,
  readOid,
  readOnlyDer,
  readText,
  TAG,
} from './der.ts';
import { escapeText } from './display.ts';
import { NAME_TYPES } from './oid.ts';
import { Recent } from './recent.ts';

interface Attribute {
  readonly type: string;
  readonly value: Der;
}

/** An X.501 name: its relative names in the order of the DER, and text for people. */
export interface DistinguishedName {
  readonly rdns: readonly (readonly Attribute[])[];
  readonly text: string;
  /** One normal form per relative name, made once because path building compares names very often. */
  readonly keys: readonly string[];
}

export function readName(der: Der): DistinguishedName {
  return recent.get(der.bytes);
}

/** Every certificate of an authority carries its name. */
const recent = new Recent(8, 16 * 1024, (bytes) => read(readOnlyDer(bytes)));

function read(der: Der): DistinguishedName {
  const rdns = children(expectTag(der, TAG.sequence)).map((set) => {
    const attributes = children(expectTag(set, TAG.set)).map((item) => {
      const cursor = new DerCursor(item);
      const attribute = { type: readOid(cursor.take()), value: cursor.take() };
      cursor.end();
      return attribute;
    });
    if (attributes.length === 0) throw new DerError('A relative name is empty.');
    return attributes;
  });
  return { rdns, keys: rdns.map(normalForm), text: rdns.map((rdn) => rdn.map(print).join('+')).join(', ') };
}

/** Name equality of RFC 5280 7.1: the case and the inner white space of text do not matter, its string type neither. */
export function equalNames(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.keys.length === b.keys.length && startsWithName(a, b);
}

/** True when `base` is `name` or an ancestor of it: the test of directory name constraints. */
export function startsWithName(name: DistinguishedName, base: DistinguishedName): boolean {
  return base.keys.every((key, i) => key === name.keys[i]);
}

function normalForm(rdn: readonly Attribute[]): string {
  const parts = rdn.map(({ type, value }) => {
    const text = readText(value);
    return JSON.stringify(
      text === undefined ? [type, 'der', toHex(value.bytes)] : [type, 'text', fold(text)],
    );
  });
  return parts.sort().join();
}

function fold(text: string): string {
  if (FOLDED.test(text)) return text;
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** Lower-case letters, digits and single marks: folding changes nothing. */
const FOLDED = /^[a-z0-9._-]*$/u;

function print(attribute: Attribute): string {
  const text = readText(attribute.value);
  const value = text === undefined ? `#${toHex(attribute.value.bytes.subarray(0, 64))}` : text.slice(0, 256);
  return `${NAME_TYPES.get(attribute.type) ?? attribute.type}=${escapeText(value).replace(/[,+"\\<>;=]/gu, '\\$&')}`;
}
