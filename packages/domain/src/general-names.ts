import { type Bytes, toLatin1 } from './bytes.ts';
import { children, contextTag, type Der, DerError, expectTag, readOnlyDer, TAG } from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';

/** A name of a SAN or of a name constraint (RFC 5280 4.2.1.6). `other` holds the context tag number. */
export type GeneralName =
  | { readonly kind: 'uri'; readonly bytes: Bytes }
  | { readonly kind: 'dns' | 'email'; readonly text: string }
  | { readonly kind: 'ip'; readonly bytes: Bytes }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'other'; readonly tag: number };

export function readGeneralName(der: Der): GeneralName {
  switch (der.tag) {
    case contextTag(1, false):
      return { kind: 'email', text: toLatin1(der.content) };
    case contextTag(2, false):
      return { kind: 'dns', text: toLatin1(der.content) };
    case contextTag(4, true):
      return { kind: 'directory', name: readName(readOnlyDer(der.content)) };
    case contextTag(6, false):
      return { kind: 'uri', bytes: der.content };
    case contextTag(7, false):
      return { kind: 'ip', bytes: der.content };
    case contextTag(0, true):
    case contextTag(3, true):
    case contextTag(5, true):
    case contextTag(8, false):
      return { kind: 'other', tag: der.tag & 0x1f };
    default:
      throw new DerError('A general name has an unknown form.');
  }
}

export function readGeneralNames(der: Der): readonly GeneralName[] {
  return children(expectTag(der, TAG.sequence)).map(readGeneralName);
}
