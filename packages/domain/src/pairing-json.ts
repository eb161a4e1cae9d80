import { decodeBase64, decodeBase64Url } from './base64.ts';
import { type Bytes, concatBytes, utf8Encode } from './bytes.ts';
import { parseCertificates } from './certificate.ts';
import { isPrivateDer } from './detect.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import {
  authoritiesPart,
  bundlePart,
  certificatesPem,
  jsonText,
  nothing,
  type Part,
  tokenPart,
  workloadJwks,
} from './pairing-part.ts';
import { privateJwkFacts, privateKeyFacts } from './pairing-private-key.ts';
import { parseTrustDomain } from './spiffe-id.ts';

/** What a JSON document holds; undefined when it is none that is known, or no JSON. `input` is trimmed. */
export async function jsonParts(input: Bytes): Promise<readonly Part[] | undefined> {
  const json = parseJson(input);
  if (!json.ok) return undefined;
  const { value, duplicates } = json.value;
  if (isJsonArray(value)) return fetchedJwts(value);
  if (!isJsonObject(value)) return undefined;
  if (value.has('kty') && (value.has('d') || value.has('k')))
    return [{ type: 'key', facts: privateJwkFacts(value) }];
  if (value.has('keys')) return [bundlePart(input)];
  if (value.has('trust_domains')) return mapParts(input, value, duplicates);
  if (isJsonArray(value.get('svids'))) return responseParts(input, value);
  if (value.has('x509_svid')) return mintedX509(value);
  const minted = value.get('svid');
  if (isJsonObject(minted) && typeof minted.get('token') === 'string') return [token(minted.get('token'))];
  if (value.has('x509_authorities') || value.has('jwt_authorities'))
    return [
      nothing(
        'unknown',
        'It is a bundle in SPIRE’s own JSON, which no verifier reads: write it with `spire-server bundle show -format spiffe`.',
      ),
    ];
  if (duplicates.length > 0) return undefined;
  const bundles = helperMap(value);
  return bundles && [{ type: 'document', kind: 'bundle-map', input }, ...bundles];
}

/** A map of SPIFFE bundles (TD&Bundle 5.1.1): judged as one, and each bundle in it used. */
function mapParts(input: Bytes, document: JsonObject, duplicates: readonly string[]): readonly Part[] {
  const map = document.get('trust_domains');
  const parts: Part[] = [{ type: 'document', kind: 'bundle-map', input }];
  // One name twice makes the whole map unusable (B-21).
  if (duplicates.length > 0 || !isJsonObject(map)) return parts;
  for (const [name, bundle] of map) {
    const trustDomain = parseTrustDomain(name);
    if (!trustDomain.ok) continue;
    parts.push({ ...bundlePart(utf8Encode(jsonText(bundle)), trustDomain.value), judged: false });
  }
  return parts;
}

/** An X509SVIDResponse, as `spire-agent api fetch x509 -output json` prints it, with its keys. */
function responseParts(input: Bytes, document: JsonObject): readonly Part[] {
  const svids = document.get('svids');
  const keyed = (isJsonArray(svids) ? svids : []).some(
    (svid) =>
      isJsonObject(svid) && ['x509_svid_key', 'x509SvidKey'].some((name) => (svid.get(name) ?? '') !== ''),
  );
  return [{ type: 'document', kind: 'workload-x509-response', input, secret: keyed }];
}

/** What `spire-server x509 mint -output json` prints: base64 of DER, the SVID, its key and the CAs. */
async function mintedX509(document: JsonObject): Promise<readonly Part[] | undefined> {
  const svid = ders(document.get('x509_svid'));
  if (!svid) return undefined;
  const parts: Part[] = [];
  const chain = parseCertificates(concatBytes(...svid));
  parts.push(
    chain.ok
      ? { type: 'chain', input: certificatesPem(chain.value), certificates: chain.value }
      : { type: 'chain', input: concatBytes(...svid) },
  );
  const [key] = ders(document.get('private_key')) ?? [];
  if (key && isPrivateDer(key)) parts.push({ type: 'key', bytes: key, facts: await privateKeyFacts(key) });
  const roots = parseCertificates(concatBytes(...(ders(document.get('root_cas')) ?? [])));
  if (roots.ok && roots.value.length > 0) parts.push(authoritiesPart(roots.value));
  return parts;
}

function ders(value: JsonValue | undefined): readonly Bytes[] | undefined {
  const texts = isJsonArray(value) ? value : typeof value === 'string' ? [value] : [];
  const all = texts.flatMap((text) => {
    const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
    return bytes ? [bytes] : [];
  });
  return texts.length > 0 && all.length === texts.length ? all : undefined;
}

/** `spire-agent api fetch jwt -output json`: `[{"svids":[{"svid":token}]},{"bundles":{"spiffe://name":base64 of a JWK Set}}]`. */
function fetchedJwts(list: readonly JsonValue[]): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const item of list) {
    if (!isJsonObject(item)) return undefined;
    const svids = item.get('svids');
    if (isJsonArray(svids))
      for (const svid of svids)
        if (isJsonObject(svid) && typeof svid.get('svid') === 'string') parts.push(token(svid.get('svid')));
    const bundles = item.get('bundles');
    if (isJsonObject(bundles)) parts.push(...(helperMap(bundles) ?? []));
  }
  return parts.length > 0 ? parts : undefined;
}

/** spiffe-helper's `key.jwt`: trust domain to the base64 of its JWK Set. */
function helperMap(map: JsonObject): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const [name, value] of map) {
    const trustDomain = parseTrustDomain(name.replace(/^spiffe:\/\//u, ''));
    const set = typeof value === 'string' ? (decodeBase64(value) ?? decodeBase64Url(value)) : undefined;
    const json = set && parseJson(set);
    if (
      !trustDomain.ok ||
      !set ||
      !json?.ok ||
      !isJsonObject(json.value.value) ||
      !json.value.value.has('keys')
    )
      return undefined;
    parts.push(workloadJwks(set, trustDomain.value));
  }
  return parts.length > 0 ? parts : undefined;
}

function token(value: JsonValue | undefined): Part {
  return tokenPart('jwt-svid', utf8Encode(typeof value === 'string' ? value : ''));
}
