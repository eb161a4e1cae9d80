import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  pem,
  pemOf,
  pkcs8,
  x509Entry,
} from '@muster/domain/testing/certificates';
import { encodeBase64 } from '@muster/domain';
import { beforeAll, describe, expect, it } from 'vitest';
import { type IntakeAnswer, type IntakeRequest, type IntakeSource, takeIn } from './intake.ts';
import { largestFile, mostBytes } from './documents.ts';

const now = Date.now();
const span = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) };
const encode = (text: string) => new TextEncoder().encode(text);

async function make() {
  const authority = await makeAuthority('org-a.test', span);
  const [web, other] = [
    await makeLeaf(authority, 'spiffe://org-a.test/web', span),
    await makeLeaf(authority, 'spiffe://org-a.test/other', span),
  ];
  const secret = await pkcs8(web.key);
  return {
    leaf: pem(web.der),
    ca: pem(authority.der),
    key: pemOf('PRIVATE KEY', secret),
    otherKey: pemOf('PRIVATE KEY', await pkcs8(other.key)),
    canary: encodeBase64(secret).slice(40, 90),
    bundle: bundleOf([await x509Entry(authority)]),
    privateBundle: bundleOf([
      await jwkOf(await makeKey(), { use: 'jwt-svid', kid: 'k', d: encodeBase64(secret).slice(0, 43) }),
    ]),
    response: encode(
      JSON.stringify({
        svids: [
          {
            spiffe_id: 'spiffe://org-a.test/web',
            x509_svid: encodeBase64(web.der),
            x509_svid_key: encodeBase64(secret),
            bundle: encodeBase64(authority.der),
          },
        ],
      }),
    ),
  };
}
let made: Awaited<ReturnType<typeof make>>;
beforeAll(async () => {
  made = await make();
});

const source = (name: string, bytes: Uint8Array): IntakeSource & { readonly bytes: Uint8Array } => ({
  name,
  bytes: new Uint8Array(bytes),
});
const take = (sources: readonly IntakeSource[], more: Partial<IntakeRequest> = {}) =>
  takeIn({ sources, known: [], keys: 'use', at: now, ...more }, () => undefined);
/** Everything that leaves the worker, as text; bytes as the text they are. */
const told = (answer: IntakeAnswer) =>
  JSON.stringify(answer, (_name, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value,
  );

describe('S-13 S-14: a private key among files', () => {
  it('is compared with its certificate, and nothing of it comes back', async () => {
    const key = source('tls.key', made.key);
    const answer = await take([source('tls.crt', made.leaf), key, source('svid_bundle.pem', made.ca)]);
    const leaf = answer.documents.find(({ name }) => name === 'tls.crt');
    expect(leaf).toMatchObject({
      kind: 'x509-svid',
      keyCheck: { file: 'tls.key', check: { id: 'X-28', verdict: 'pass' } },
    });
    expect(answer.sawKeys).toBe(true);
    expect(told(answer)).not.toContain(made.canary);
    expect(told(answer)).not.toContain('PRIVATE');
    expect(key.bytes.every((byte) => byte === 0)).toBe(true);
  });
  it('that is not the certificate’s says so', async () => {
    const answer = await take([source('tls.crt', made.leaf), source('tls.key', made.otherKey)]);
    expect(answer.documents[0]?.keyCheck?.check).toMatchObject({ verdict: 'fail' });
  });
  it('that comes later is compared with what is there', async () => {
    const first = await take([source('tls.crt', made.leaf)]);
    const [leaf] = first.documents;
    if (!leaf) throw new Error('There is no leaf.');
    const later = await take([source('any.key', made.key)], { known: [leaf] });
    expect(later).toMatchObject({
      documents: [],
      refused: [],
      updates: [{ id: leaf.id, keyCheck: { file: 'any.key' } }],
    });
  });
  it('alone is told for what it is, and is gone', async () => {
    const key = source('lone.key', made.key);
    const answer = await take([key]);
    expect(answer).toMatchObject({ documents: [], refused: [{ reason: 'private-key', name: 'lone.key' }] });
    expect(answer.refused[0]?.why).toContain('EC P-256 private key (PKCS#8)');
    expect(key.bytes.every((byte) => byte === 0)).toBe(true);
  });
  it('in a response of the Workload API: judged once, and not kept', async () => {
    const response = source('x509.json', made.response);
    const answer = await take([response]);
    expect(answer.documents[0]).toMatchObject({
      kind: 'workload-x509-response',
      once: { judgement: { verdict: 'valid' } },
    });
    expect(answer.documents[0]?.bytes).toHaveLength(0);
    expect(told(answer)).not.toContain(made.canary);
    expect(response.bytes.every((byte) => byte === 0)).toBe(true);
  });
  it('as a member of a bundle refuses the bundle', async () => {
    const answer = await take([source('bundle.json', made.privateBundle)]);
    expect(answer).toMatchObject({ documents: [], refused: [{ reason: 'private-key' }] });
  });
  it.each(['alone', 'beside a certificate', 'in a response'])(
    'that is pasted is refused, %s',
    async (how) => {
      const text =
        how === 'alone'
          ? made.key
          : how === 'in a response'
            ? made.response
            : new Uint8Array([...made.leaf, ...made.key]);
      const pasted = source('pasted', text);
      const answer = await take([pasted], { keys: 'refuse' });
      expect(answer).toMatchObject({ documents: [], updates: [], refused: [{ reason: 'private-key' }] });
      expect(told(answer)).not.toContain(made.canary);
      expect(pasted.bytes.every((byte) => byte === 0)).toBe(true);
    },
  );
});

describe('what is given', () => {
  it('is paired: whose bundle it is, and by which an SVID is judged', async () => {
    const { documents } = await take([source('svid.0.pem', made.leaf), source('bundle.0.pem', made.ca)]);
    const [leaf, bundle] = documents;
    expect(bundle).toMatchObject({
      authorities: true,
      holds: 'x509',
      bundleOf: 'org-a.test',
      kind: 'bundle',
    });
    expect(leaf).toMatchObject({ trustDomain: 'org-a.test', prefers: [bundle?.id] });
  });
  it('a bundle that was nobody’s gets its trust domain from an SVID that follows', async () => {
    const nameless = encode('{"keys":[]}');
    const first = await take([source('keys.json', nameless)]);
    const [bundle] = first.documents;
    expect(bundle?.bundleOf).toBe('');
    const later = await take([source('tls.crt', made.leaf)], { known: bundle ? [bundle] : [] });
    expect(later.updates).toMatchObject([{ id: bundle?.id, bundleOf: 'org-a.test' }]);
  });
  it('a CA in the file of the SVID is offered, and not used', async () => {
    const { documents } = await take([source('all.pem', new Uint8Array([...made.leaf, ...made.ca]))]);
    expect(documents[1]).toMatchObject({ carried: true, piece: true, bundleOf: '' });
    expect(documents[0]?.prefers).toEqual([]);
    const again = await take([source('x.txt', encode('spiffe://org-a.test/x'))], { known: documents });
    expect(again.updates.some(({ bundleOf }) => bundleOf !== undefined)).toBe(false);
  });
});

describe('S-18: what is too much', () => {
  const blobOf = (size: number, read: () => Promise<ArrayBuffer>) =>
    ({ size, arrayBuffer: read }) as unknown as Blob;
  it('is not even read: a file of a gigabyte', async () => {
    let reads = 0;
    const huge = blobOf(2 ** 30, () => {
      reads++;
      return Promise.reject(new Error('read'));
    });
    const { refused } = await take([{ name: 'disk.img', blob: huge }]);
    expect(refused).toEqual([
      { reason: 'too-large', name: 'disk.img', why: 'It has 1024.0 MiB; it was not read.' },
    ]);
    expect(reads).toBe(0);
  });
  it('ends at the bytes of a whole drop', async () => {
    const count = mostBytes / largestFile + 2;
    const blob = blobOf(largestFile, () => Promise.resolve(encode('hello').buffer as ArrayBuffer));
    const { refused } = await take(
      Array.from({ length: count }, (_, index) => ({ name: `f${index}`, blob })),
    );
    expect(refused.filter(({ reason }) => reason === 'too-many')).toHaveLength(2);
  });
  it('a file that cannot be read is told, and the others are taken', async () => {
    const gone = blobOf(10, () => Promise.reject(new Error('NotReadableError')));
    const answer = await take([{ name: 'gone', blob: gone }, source('id', encode('spiffe://org-a.test/x'))]);
    expect(answer.refused).toMatchObject([{ reason: 'unreadable', name: 'gone' }]);
    expect(answer.documents).toHaveLength(1);
  });
  it('a file that cannot be read takes none of those with it that are read together', async () => {
    const gone = blobOf(10, () => Promise.reject(new Error('NotReadableError')));
    const file = (id: string) => ({ name: id, blob: new Blob([encode(`spiffe://org-a.test/${id}`)]) });
    const answer = await take([file('first'), { name: 'gone', blob: gone }, file('second')]);
    expect(answer.refused).toMatchObject([{ reason: 'unreadable', name: 'gone' }]);
    expect(answer.documents.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)])).toEqual([
      ['first', 'spiffe://org-a.test/first'],
      ['second', 'spiffe://org-a.test/second'],
    ]);
  });
  it('tells how far it is', async () => {
    const steps = new Set<string>();
    const sources = Array.from({ length: 120 }, (_, index) => ({
      name: `id-${index}`,
      blob: new Blob([encode(`spiffe://org-a.test/${index}`)]),
    }));
    await takeIn({ sources, known: [], keys: 'use', at: now }, ({ step, done, total }) =>
      steps.add(`${step} ${done}/${total}`),
    );
    expect([...steps]).toEqual(['reading 64/120', 'reading 120/120', 'sorting 50/120', 'sorting 100/120']);
  });
});
