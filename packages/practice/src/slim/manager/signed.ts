import { createPublicKey, verify } from 'node:crypto';

/** A signed request or grant: its JSON, with the signature. */
export type Signed = ReadonlyMap<string, string | number | boolean>;

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const create = [
  ...['audience', 'channel', 'owner', 'mls_enabled', 'ttl_seconds', 'owner_callback_name'],
  ...['not_after', 'nonce'],
];
const remove = ['audience', 'channel', 'not_after', 'nonce'];
const grant = ['channel', 'invitee', 'action', 'role', 'not_after', 'nonce'];

/** What is signed of each kind, and in which order. */
const kinds = {
  create: { tag: 'SLIM-CHANNEL-CREATE/1', fields: create },
  delete: { tag: 'SLIM-CHANNEL-DELETE/1', fields: remove },
  grant: { tag: 'SLIM-CHANNEL-GRANT/1', fields: grant },
} as const;

/** Reads what was signed; the words of the refusal where `signer` did not sign it (undefined: whoever it names as owner). */
export function readSigned(
  kind: keyof typeof kinds,
  bytes: Uint8Array,
  signer: string | undefined,
): Signed | string {
  let signed: Signed;
  try {
    signed = new Map(
      Object.entries(JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, string | number>),
    );
  } catch (error) {
    return `malformed: ${(error as Error).message}`;
  }
  const { tag, fields } = kinds[kind];
  const missing = fields.find(
    (field) => !/^(ttl_seconds|owner_callback_name)$/u.test(field) && !signed.has(field),
  );
  if (missing !== undefined) return `malformed: missing field \`${missing}\``;
  const text = [tag, ...fields.map((field) => String(signed.get(field) ?? ''))].join('\0');
  const key = publicKey(signer ?? String(signed.get('owner')));
  if (!key) return `unsupported owner identifier format: ${signer ?? String(signed.get('owner'))}`;
  const signature = Buffer.from(String(signed.get('signature') ?? ''), 'base64');
  return verify(null, Buffer.from(text, 'utf8'), key, signature)
    ? signed
    : "the signature does not verify against the signer's key";
}

function publicKey(did: string): ReturnType<typeof createPublicKey> | undefined {
  if (!did.startsWith('did:key:z')) return undefined;
  let value = 0n;
  for (const char of did.slice('did:key:z'.length)) value = value * 58n + BigInt(alphabet.indexOf(char));
  const hex = value.toString(16);
  if (!hex.startsWith('ed01') || hex.length !== 68) return undefined;
  return createPublicKey({
    key: Buffer.concat([spki, Buffer.from(hex.slice(4), 'hex')]),
    format: 'der',
    type: 'spki',
  });
}
