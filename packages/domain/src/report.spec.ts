import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64Url } from './base64.ts';
import { utf8Encode } from './bytes.ts';
import { makeReport } from './report.ts';
import { reportHtml } from './report-html.ts';
import { reportJson } from './report-json.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportText } from './report-redact.ts';
import type { ReportOptions, ReportSubject } from './report-types.ts';
import { makeLeaf, makeAuthority, NOW, pem, pemOf, pkcs8 } from './testing/certificates.ts';
import { reportSubjects, subject } from './testing/report-subjects.ts';

let subjects: Awaited<ReturnType<typeof reportSubjects>>;
beforeAll(async () => {
  subjects = await reportSubjects();
});

const published = JSON.parse(
  readFileSync(new URL('../../../docs/schema/report.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true }).compile(published);

/** A report in every format. */
async function formats(given: readonly ReportSubject[], options?: ReportOptions): Promise<string[]> {
  const report = await makeReport(given, options);
  return [reportJson(report), reportMarkdown(report), await reportHtml(report)];
}
const shuffled = () => [subjects.x509, subjects.jwt, subjects.bundleDocument];

describe('a report', () => {
  it('says what was judged, with what, for when, and every clause', async () => {
    const document = utf8Encode('not kept');
    const report = await makeReport([{ ...subjects.x509, document }]);
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(report.tool).toEqual({
      name: 'Muster',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/u),
      clauses: 126,
    });
    expect(report.documents[0]).toMatchObject({
      name: 'svid.0.pem',
      kind: 'x509-svid',
      sha256: sha256(document),
      bytes: document.length,
      verdict: 'valid',
      evaluationTime: '2026-11-22T12:00:00.000Z',
      spiffeId: 'spiffe://example.org/web',
      keyCompared: false,
      judgedWith: [{ trustDomain: 'example.org', sha256: sha256(subjects.bundle) }],
    });
    expect(report.documents[0]?.checks).toHaveLength(30);
    expect(report.bundles).toHaveLength(1);
    expect(report.bundles[0]).toMatchObject({ trustDomain: 'example.org', sequence: '1', keyCount: 2 });
    for (const key of report.bundles[0]?.keys ?? []) expect(key.fingerprint).toMatch(/^[0-9a-f]{64}$/u);
    for (const text of await formats([subjects.x509])) {
      for (const { id } of subjects.x509.judgement.checks) expect(text).toContain(id);
      expect(text).toContain('spiffe://example.org/web');
      expect(text).toContain(sha256(subjects.bundle));
      expect(text).toContain(report.bundles[0]?.keys[0]?.fingerprint);
    }
  });

  it('is the same bytes for the same input, in whatever order it comes', async () => {
    const [a, b] = [await formats(shuffled()), await formats(shuffled().toReversed())];
    expect(a).toEqual(b);
    const report = await makeReport(shuffled());
    expect(report.documents.map(({ name }) => name)).toEqual(['bundle.json', 'jwt_svid.token', 'svid.0.pem']);
    expect(report).not.toHaveProperty('madeAt');
    expect(await makeReport(shuffled(), { madeAt: NOW })).toHaveProperty('madeAt', NOW.toISOString());
  });

  it('does not change without a reason', async () => {
    const rule = { spec: 'SPIFFE-ID', section: '2.2', level: 'MUST' } as const;
    const fixed: ReportSubject = {
      name: 'id.txt',
      document: utf8Encode('spiffe://example.org/a//b'),
      at: NOW,
      bundles: new Map(),
      judgement: {
        kind: 'spiffe-id',
        verdict: 'invalid',
        reason: 'The path has an empty segment (`//`) (ID-11).',
        fails: ['ID-11'],
        warns: [],
        checks: [
          { id: 'ID-02', ...rule, text: 'no query, not even `?`', verdict: 'pass', evidence: 'Holds.' },
          { id: 'ID-11', ...rule, text: 'no empty segment', verdict: 'fail', evidence: 'It has `//`|.' },
        ],
        decoded: { type: 'spiffe-id', id: { text: 'spiffe://example.org/a//b', trustDomain: 'example.org' } },
      },
    };
    // Reports are kept and compared: what changes here makes those of the version before look different.
    expect(reportMarkdown(await makeReport([fixed])).replace(/By .+ clauses\./u, 'By …'))
      .toMatchInlineSnapshot(`
        "# SPIFFE ID: not valid

        Document \`id.txt\`

        \`\`The path has an empty segment (\`//\`) (ID-11).\`\`

        - Kind: \`SPIFFE ID\`
        - SPIFFE ID: \`spiffe://example.org/a//b\`
        - SHA-256: \`160b579f3b2e40b5e96787ad4cc75eaf0cd6962ffa6d366c9106103d4e96cc8a\`
        - Size: \`25 bytes\`
        - Judged for: \`2026-11-22T12:00:00.000Z\`
        - Verifier’s trust domain: \`not given\`
        - Clauses: 1 broken, 0 warnings, 1 hold, 0 not checked, 0 do not apply

        ## Broken requirements

        | Clause | Level | Requirement | Evidence |
        | --- | --- | --- | --- |
        | ID-11, SPIFFE-ID 2.2 | MUST | no empty segment | \`\`It has \`//\`\\u{7c}.\`\` |

        ## Requirements that hold

        | Clause | Level | Requirement | Evidence |
        | --- | --- | --- | --- |
        | ID-02, SPIFFE-ID 2.2 | MUST | no query, not even \`?\` | \`Holds.\` |

        ## \`SPIFFE ID\`

        - \`SPIFFE ID\`: \`spiffe://example.org/a//b\`
        - \`Trust domain\`: \`example.org\`

        By … The documents themselves, signatures of tokens and private keys are not in this report.
        "
      `);
  });

  it('follows the published schema', async () => {
    for (const options of [{}, { showClaims: true, madeAt: NOW }]) {
      const report: unknown = JSON.parse(reportJson(await makeReport(shuffled(), options)));
      expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(validate({ ...(await makeReport([])), stray: true })).toBe(false);
  });

  it('can be made of nothing, of what cannot be read, and of what was not judged', async () => {
    const unreadable = await subject('x', {
      kind: 'x509-svid',
      input: utf8Encode('no certificate'),
      bundles: new Map([['example.org', utf8Encode('{')]]),
      at: NOW,
    });
    const skipped = await subject('y', {
      kind: 'spiffe-id',
      input: utf8Encode('spiffe://a.org/x'),
      bundles: new Map(),
      at: new Date(Number.NaN),
    });
    const report = await makeReport([unreadable, skipped]);
    expect(report.summary).toEqual({
      documents: 2,
      valid: 0,
      invalid: 0,
      unreadable: 1,
      skip: 1,
      withWarnings: 0,
    });
    expect(report.bundles[0]?.problem).toMatch(/\S/u);
    expect(validate(JSON.parse(reportJson(report))), JSON.stringify(validate.errors)).toBe(true);
    for (const text of await formats([])) expect(text).toMatch(/0 documents|"documents": 0/u);
  });
});

describe('what a report leaves out', () => {
  it('S-14: shows no signature of a token, and its claims only when asked', async () => {
    const [header = '', claims = '', signature = ''] = subjects.token.split('.');
    for (const text of await formats([subjects.jwt])) {
      for (const part of [header, claims, signature]) expect(text).not.toContain(part);
      expect(text).not.toContain('secret-team');
      expect(text).toContain('reports');
    }
    for (const text of await formats([subjects.jwt], { showClaims: true })) {
      expect(text).toContain('secret-team');
      expect(text).not.toContain(signature);
    }
  });

  it('S-14: names a token wherever it stands, and leaves hosts alone', () => {
    const spaced = encodeBase64Url(utf8Encode('{ "alg" : "none" }'));
    const lined = encodeBase64Url(utf8Encode('{\n"alg":"none"}'));
    for (const token of [subjects.token, `${spaced}.e30.c2ln`, `${lined}.e30.`, `${spaced}.a.b.c.d`])
      expect(reportText(`the token “${token}”, and ${token}`)).toBe(
        'the token “[token removed]”, and [token removed]',
      );
    for (const host of ['spiffe://eyesight.example.org/a', 'eyJabc.example.org', 'ewan.smith.example'])
      expect(reportText(host)).toBe(host);
  });

  it('S-13: shows no private key, whatever field it came in', async () => {
    const authority = await makeAuthority('example.org');
    const leaf = await makeLeaf(authority, 'spiffe://example.org/web');
    const key = pemOf('PRIVATE KEY', await pkcs8(leaf.key));
    const text = new TextDecoder().decode(key);
    const canary = text.split('\n')[1] ?? '';
    expect(canary).toHaveLength(64);
    const paired = await subject(`svid ${text}`, {
      kind: 'x509-svid-keypair',
      input: pem(leaf.der),
      key,
      bundles: new Map(),
      audience: text,
      at: NOW,
    });
    const hostile = {
      ...paired,
      judgement: {
        ...paired.judgement,
        reason: text,
        checks: paired.judgement.checks.map((check) => ({ ...check, evidence: text })),
      },
      bundleSources: new Map([['example.org', text]]),
    };
    for (const out of await formats([hostile])) {
      expect(out).not.toContain(canary);
      expect(out).toContain('[private key removed]');
    }
    expect(reportText('{"kty":"EC","d":"c2VjcmV0","x":"1"}')).toBe(
      '{"kty":"EC","d":"[private key removed]","x":"1"}',
    );
    expect(reportText(text.slice(0, 120))).toBe('[private key removed]');
    expect((await makeReport([paired])).documents[0]?.keyCompared).toBe(true);
  });

  it('takes time in proportion to a text made to slow it', () => {
    for (const text of [
      'ey'.repeat(500_000),
      `${'eyJ.'.repeat(250_000)}`,
      '-----BEGIN PRIVATE KEY-----'.repeat(40_000),
    ])
      expect(reportText(text).length).toBeGreaterThan(0);
  });
});
