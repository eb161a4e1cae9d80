export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base64.ts';
export { toHex, trimPasted } from './bytes.ts';
export { choiceIds, choiceOf } from './choices.ts';
export { type Clause, clause, clauses, type Level } from './clauses.ts';
export { compare, compareLines, comparedAs, type CompareInput } from './compare.ts';
export type { ComparedField, Comparison, FieldState, FieldTone } from './compare-types.ts';
export { type CertificationRequest, parseCertificationRequest } from './csr.ts';
export { keyParams, makeCertificationRequest, type RequestKey, requestKeys, toPem } from './csr-writer.ts';
export { type Cryptography, useCryptography } from './cryptography.ts';
export type * from './decoded.ts';
export { detectKind, type Detection, isPrivateDer } from './detect.ts';
export { ellipsizeMiddle, ellipsizeSpiffeId, escapeText, quote } from './display.ts';
export {
  isJsonArray,
  isJsonObject,
  type JsonDocument,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  parseJson,
} from './json.ts';
export { judgeJsonLine } from './json-line.ts';
export { judge } from './judge.ts';
export {
  type Check,
  type CheckVerdict,
  type Judgement,
  type JudgementVerdict,
  type JudgeInput,
  type Kind,
  kinds,
} from './judge-types.ts';
export { limits } from './limits.ts';
export { nearestSigner } from './nearest-signer.ts';
export type {
  KnownBundle,
  NearestInput,
  NearestSigner,
  NearKey,
  SignerPlace,
  SignerRelation,
} from './nearest-types.ts';
export { pairedInput, pairFiles } from './pairing.ts';
export { checkKey, withKeyCheck } from './pairing-key-check.ts';
export type * from './pairing-types.ts';
export { looksLikePem, parsePem, type PemBlock } from './pem.ts';
export { describeKey } from './public-key.ts';
export { type Reference, referencesOf } from './references.ts';
export { type Parsed, type Problem } from './result.ts';
export { formatSelector, parseSelector, type Selector } from './selector.ts';
export { equalSlimName, formatSlimName, parseSlimName, type SlimName } from './slim-name.ts';
export {
  equalSpiffeId,
  isMemberOf,
  parseSpiffeId,
  parseTrustDomain,
  type SpiffeId,
  type TrustDomain,
} from './spiffe-id.ts';
