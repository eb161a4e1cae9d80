import { judge } from '@muster/domain';
import { makeAuthority, makeLeaf, pem } from '@muster/domain/testing/certificates';
import { ContextTone } from '@muster/api';
import type { Decoded } from '@muster/domain';
import { describe, expect, it } from 'vitest';
import { keyFindings } from './context-keys.ts';

async function decoded(): Promise<Extract<Decoded, { type: 'x509-svid' }>> {
  const leaf = await makeLeaf(await makeAuthority('org-a.test'), 'spiffe://org-a.test/web');
  const judged = await judge({
    kind: 'x509-svid',
    input: pem(leaf.der),
    bundles: new Map(),
    at: new Date(),
  });
  if (judged.decoded.type !== 'x509-svid') throw new Error('not decoded');
  return judged.decoded;
}

describe('how strong keys and signatures are', () => {
  it.each<[string, string, string, ContextTone]>([
    ['EC P-256', 'ECDSA with SHA-256', 'key-strong', ContextTone.GOOD],
    ['RSA 2048', 'RSA with SHA-256', 'key-strong', ContextTone.GOOD],
    ['RSA 1024', 'RSA with SHA-256', 'key-weak', ContextTone.DANGER],
    ['EC P-256', 'RSA with SHA-1', 'signature-weak', ContextTone.DANGER],
    ['EC P-256', 'unsupported (MD5 with RSA)', 'signature-weak', ContextTone.DANGER],
  ])('%s, %s: %s', async (keyType, signatureAlgorithm, code, tone) => {
    const one = await decoded();
    const [leaf] = one.certificates;
    if (!leaf) throw new Error('no leaf');
    const found = keyFindings({ ...one, certificates: [{ ...leaf, keyType, signatureAlgorithm }] });
    expect(found).toMatchObject([{ code, tone }]);
  });

  it('of a real certificate, and of what is none', async () => {
    expect(keyFindings(await decoded())).toMatchObject([
      { code: 'key-strong', title: 'Its key is EC P-256' },
    ]);
    expect(keyFindings({ type: 'none' })).toEqual([]);
  });

  it('an intermediate counts, too', async () => {
    const one = await decoded();
    const [leaf] = one.certificates;
    if (!leaf) throw new Error('no leaf');
    const [found] = keyFindings({ ...one, certificates: [leaf, { ...leaf, keyType: 'RSA 512' }] });
    expect(found?.text).toContain('the key of certificate 2 (RSA 512)');
  });
});
