import { OID } from './oid.ts';

/** Names of extensions as RFC 5280 4.2 has them. */
export const EXTENSION_NAMES: ReadonlyMap<string, string> = new Map([
  [OID.subjectAltName, 'subjectAltName'],
  [OID.basicConstraints, 'basicConstraints'],
  [OID.keyUsage, 'keyUsage'],
  [OID.extendedKeyUsage, 'extKeyUsage'],
  [OID.nameConstraints, 'nameConstraints'],
  [OID.subjectKeyId, 'subjectKeyIdentifier'],
  [OID.authorityKeyId, 'authorityKeyIdentifier'],
  [OID.certificatePolicies, 'certificatePolicies'],
]);
