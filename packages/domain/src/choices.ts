/**
 * Where reasonable readers of the specifications differ: what Muster chose, and what others do. One sentence or two for a check,
 * shown beside it whatever its verdict; README.md has the same choices as a table with the counts behind them.
 */
const choices: ReadonlyMap<string, string> = new Map([
  [
    'ID-01',
    'An upper-case scheme is accepted with a warning, because SPIFFE-ID 2.4 compares it without case. go-spiffe refuses it.',
  ],
  [
    'ID-07',
    'Upper case in a trust domain is refused by 2.1; readers of 2.4, which compares without case, may accept it.',
  ],
  [
    'ID-15',
    'More than 2048 bytes is a warning: 2.3 tells implementations to support that many, and not to make more.',
  ],
  [
    'ID-16',
    'The specification states 255 bytes without the word MUST. Muster refuses more; go-spiffe accepts it.',
  ],
  [
    'ID-17',
    'A name that looks like an IP address is a name like any other, also in name constraints. go-spiffe refuses it there.',
  ],
  [
    'X-01',
    'A second leaf, or bytes after a certificate, is refused. Several libraries, go-spiffe among them, ignore what they do not need.',
  ],
  [
    'X-04',
    'X509-SVID 5.2 asks the verifier for a path. go-spiffe accepts a leaf whose ID is the trust domain alone.',
  ],
  ['X-05', 'Absent basic constraints mean that it is no CA (RFC 5280 4.2.1.9), so the check holds.'],
  [
    'X-06',
    'Binds who issues. X509-SVID 5.2 does not list it for the verifier, so go-spiffe and others accept the document.',
  ],
  [
    'X-07',
    'Binds who issues. X509-SVID 5.2 does not list it for the verifier, so go-spiffe and others accept the document.',
  ],
  [
    'X-08',
    'Binds who issues. X509-SVID 5.2 does not list it for the verifier, so go-spiffe and others accept the document.',
  ],
  [
    'X-11',
    'Binds who issues: with only one of the two usages, TLS stacks refuse one direction, but SPIFFE libraries accept.',
  ],
  [
    'X-13',
    'Binds who issues (RFC 5280 4.1.2.6). Verifiers do not look at whether the name extension is critical.',
  ],
  [
    'X-14',
    'Without the bundle of its own trust domain a document is untrusted, and so not valid: "not checked" is never a pass.',
  ],
  [
    'X-15',
    'An authority that is presented as a leaf is not its own signer, even when the bundle holds it. go-spiffe accepts it.',
  ],
  [
    'X-16',
    'Both ends of the validity are inclusive (RFC 5280 4.1.2.5). The authority in the bundle must be valid too, although RFC 5280 6.1 asks nothing of a trust anchor but name and key.',
  ],
  [
    'X-17',
    'Names decide, and the signature. A key identifier that does not match is a warning: RFC 5280 6.1 does not ask for it. OpenSSL refuses it.',
  ],
  [
    'X-18',
    'Asked of the authority in the bundle as well: X509-SVID 3.2 binds every signing certificate. RFC 5280 6.1 would take a bare key.',
  ],
  [
    'X-19',
    'A signing certificate without key usage fails: X509-SVID 4.3 asks for keyCertSign. RFC 5280 6.1.4(n) would let it pass.',
  ],
  [
    'X-20',
    'Self-issued CA certificates do not count for the path length (RFC 5280 6.1.4(l)). Go’s library counts them.',
  ],
  [
    'X-21',
    'A URI constraint without a leading dot means that host only (RFC 5280 4.2.1.10); Go’s library also takes every host below it. Constraints that are not understood are refused when critical.',
  ],
  [
    'X-22',
    'An extension that occurs twice is refused in every certificate given, also in one that the path does not need. Policies are followed (RFC 5280 6.1); a path that needs one and has none fails here.',
  ],
  [
    'X-23',
    'Binds who issues: verifiers do not look at the ID of a signing certificate. “spiffe://example.org/” fails, since SPIFFE-ID 2.2 allows no trailing slash.',
  ],
  ['X-25', 'Binds who issues: verifiers count URI names of the leaf only.'],
  [
    'X-26',
    'Appendix A says so without the word MUST, and many private CAs set usages of leaves, so that is a warning. A usage of CAs on a leaf fails here as in X-09 or X-10.',
  ],
  [
    'X-27',
    'By Appendix A either cA or keyCertSign makes a certificate one for signing, so a leaf with one of the two fails here as well.',
  ],
  [
    'X-29',
    'The Workload API states it without the word MUST. A field that names another identity is a wrong document, so it fails.',
  ],
  [
    'X-30',
    'No specification sets the line. Muster warns of SHA-1 and of RSA below 2048 bits; Go refuses SHA-1.',
  ],
  [
    'J-01',
    'White space in or around a token is refused; some libraries remove it. Muster trims what a person pastes before it is judged. Bits after the last byte must be zero (RFC 4648 3.5); most libraries do not look.',
  ],
  [
    'J-02',
    'JWT-SVID 2 allows no header but alg, kid and typ. go-spiffe and most JWT libraries accept others, such as jku and x5c.',
  ],
  ['J-04', 'Absent is allowed; null is not absent. go-spiffe takes null for absent.'],
  ['J-05', 'The key id is optional, and without one every key is tried. go-spiffe requires it.'],
  ['J-07', 'A SPIFFE ID without a path is accepted: JWT-SVID 3.1 asks for a SPIFFE ID, not for a path.'],
  [
    'J-09',
    'Without an audience to compare with, the check fails: JWT-SVID 3.2 rejects when the verifier’s own name is not in the token.',
  ],
  [
    'J-11',
    'Any number that a clock could show is a time, also one with a fraction; 1e400 is none. go-spiffe refuses huge ones.',
  ],
  [
    'J-12',
    'No leeway: Appendix A calls a small one acceptable, none is asked for. go-spiffe allows a minute. “exp” equal to now is expired (RFC 7519 4.1.4).',
  ],
  ['J-13', 'No leeway; null is not a number. go-spiffe allows a minute and takes null for absent.'],
  [
    'J-14',
    'With a key id only keys of that id are tried, all of them; go-spiffe keeps the last of one id. An unknown id is refused, and no other key is tried.',
  ],
  [
    'J-15',
    'An “alg” in the JWK binds the key, and RSA needs 2048 bits (RFC 7518 3.3). go-spiffe looks at neither.',
  ],
  ['J-16', 'A member that occurs twice is refused anywhere; RFC 7519 4 lets parsers keep the last.'],
  [
    'J-17',
    'Good practice only: more than 24 hours is a warning. “iat” never decides, for no specification gives it a rule; go-spiffe refuses one in the future.',
  ],
  [
    'B-01',
    'A member that occurs twice makes the bundle unreadable, since two readers may see two sets of keys. CA certificates in PEM or DER are a bundle, with a warning that they are not the JSON that federation needs.',
  ],
  [
    'B-04',
    'Written as an integer: 1.0 and 1e3 fail. A negative number, or one beyond 64 bits, is an integer and warns; go-spiffe refuses the whole bundle.',
  ],
  [
    'B-05',
    'A number that is lost in an update is a warning: without one, the last bundle fetched counts (Federation 4.2).',
  ],
  ['B-07', 'Written as an integer: 1.0 and 1e3 fail. A negative hint is no number of seconds.'],
  [
    'B-08',
    'An entry without kty breaks the specification and is ignored; an unknown kty is only ignored. go-spiffe refuses the whole bundle.',
  ],
  [
    'B-09',
    'An entry without use breaks the specification and is ignored; an unknown use is only ignored. Others accept an entry without use.',
  ],
  ['B-10', 'Binds who publishes; consumers, go-spiffe among them, accept a key id on an X.509 authority.'],
  ['B-11', 'Only the first certificate counts, as 6.2 has it for the consumer; more than one breaks 6.1.'],
  [
    'B-12',
    'A CA certificate has cA and keyCertSign (X509-SVID 3.2). An entry that cannot be read is ignored and the rest is used; go-spiffe refuses the whole bundle.',
  ],
  [
    'B-14',
    'Two keys in one entry vouch for nothing: the entry is ignored. Consumers that read only x5c accept it.',
  ],
  [
    'B-16',
    'One key id for two keys is a warning, and fails when one of them is for WIT-SVIDs (WIT-SVID 6.1). go-spiffe keeps the last.',
  ],
  [
    'B-17',
    'A bundle without keys is a valid bundle with a warning (4.1.3); every SVID judged by it is not valid.',
  ],
  [
    'B-21',
    'One trust domain twice makes the whole map unusable: which of the two counts would be the reader’s choice.',
  ],
  [
    'F-01',
    'Every character must be one of RFC 3986. Go’s parser is looser on characters and ports, and stricter on escapes in hosts.',
  ],
  [
    'F-09',
    'A number that is lost in an update is a warning: without one, the last bundle fetched counts (4.2).',
  ],
  [
    'W-01',
    'A socket without authority, and nothing but scheme and path. go-spiffe also takes unix://a/b and an empty “?” or “#”.',
  ],
  ['W-02', 'A path that ends in a slash is a warning; the bare root fails.'],
  ['W-03', 'A port from 1 to 65535 and an IP address. go-spiffe takes any port.'],
  [
    'W-05',
    'The SHOULD tells a client to discard the message. The message itself lacks what is mandatory, so it fails together with the row of what is missing.',
  ],
  [
    'W-09',
    'A JWT bundle is a standard JWK Set (Workload API 6.2.2), so “use” may be absent or “sig”. In a SPIFFE bundle it is needed.',
  ],
  [
    'T-04',
    'Other members are only a warning, for they are ignored. A “crit” forbids to ignore them, so with one it fails together with J-06.',
  ],
  [
    'T-11',
    'Always a warning: the proof of possession comes with the request, so it cannot be seen on the token.',
  ],
]);

/** Where readers of this clause differ, and what Muster chose; undefined where they do not. */
export function choiceOf(id: string): string | undefined {
  return choices.get(id);
}

/** Ids of the clauses that have one. */
export const choiceIds: readonly string[] = [...choices.keys()];
