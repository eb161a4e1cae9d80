import type { CompareInput } from '@muster/domain';
import { usageError } from './exit.ts';
import { recognised } from './verify-input.ts';

/** Reads one document to compare. A private key in its file is left out. */
export async function comparedFile(file: string, kind: string | undefined): Promise<CompareInput> {
  const { found, raw } = await recognised(file, kind);
  if (found.kind !== 'private-key' && found.kind !== 'unknown')
    return { kind: found.kind, input: found.input };
  const { pairFiles } = await import('@muster/domain');
  const { documents } = await pairFiles([{ name: file, bytes: raw }]);
  const [only, ...more] = documents;
  if (only && more.length === 0)
    return { kind: only.kind === 'x509-svid-keypair' ? 'x509-svid' : only.kind, input: only.input };
  if (more.length > 0) throw usageError(`${file} holds several documents. Give each a file of its own.`);
  if (found.kind === 'private-key')
    throw usageError(`${file} holds a private key and nothing else. Keys are not compared.`);
  throw usageError(`What kind of document ${file} is cannot be told; give --kind.`);
}
