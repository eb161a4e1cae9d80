import type { JsonObject } from '@bufbuild/protobuf';
import { badInput } from './action.ts';

const maxBytes = 65_536;

/** May hold credentials: only which settings it has is ever shown (S-13). */
export const connectionConfig = {
  type: 'object',
  maxProperties: 100,
  description:
    'Configuration of the connection as the node reads it; its endpoint is the address. TLS is off for http.',
} as const;

/** What a node connects with, as JSON. Its endpoint must be the address: the control plane knows it by that. */
export function configText(field: string, address: string, config: JsonObject | undefined): string {
  const { endpoint = address, ...rest } = config ?? plain(address);
  if (endpoint !== address) throw badInput(`${field}.endpoint`, `it must be ${address}, or be left out.`);
  const text = JSON.stringify({ endpoint, ...rest });
  if (Buffer.byteLength(text) > maxBytes) throw badInput(field, 'it is larger than 64 KiB.');
  return text;
}

/** Over http nothing is encrypted, and a node wants that said. */
function plain(address: string): JsonObject {
  return address.startsWith('https://') ? {} : { tls: { insecure: true } };
}

/** Which settings there are, without what they are set to. */
export function settingsOf(text: string): string {
  return Object.keys(JSON.parse(text) as object).join(', ');
}

/** Every text of a configuration that could be a credential. */
export function secretsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return value.length >= 4 ? [value] : [];
  if (typeof value !== 'object' || value === null || depth > 16) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === 'endpoint' ? [] : secretsIn(one, depth + 1)));
}
