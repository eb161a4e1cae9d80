import { createHash, createHmac } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';

/** JSON with sorted keys and int64 as text, so that equal plans have equal bytes. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return JSON.stringify(value.toString());
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** SHA-256 over canonical JSON, base64url. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}

/** The input with its secrets replaced by what only this process can make of them; equal secrets stay equal. */
export function withoutSecrets(input: JsonObject, secrets: readonly string[], key: Buffer): JsonObject {
  const shown = { ...input };
  for (const field of secrets) {
    const value = shown[field];
    if (value !== undefined)
      shown[field] = createHmac('sha256', key).update(canonicalJson(value)).digest('base64url');
  }
  return shown;
}
