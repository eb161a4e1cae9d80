import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@connectrpc/connect';
import { openSession, SignedChannel, signedTransport, WhyService } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../gateway.ts';
import type { Gateway } from '../gateway.ts';
import { startSpire, temporaryDirectory } from '../upstream/testing/harness.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const [, body = ''] = pem.split('\n');
const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }));
const scalar = privateKey.export({ format: 'jwk' }).d ?? '';

let spire: Awaited<ReturnType<typeof startSpire>>;
let gateway: Gateway;
const home = temporaryDirectory();
beforeAll(async () => {
  spire = await startSpire();
  gateway = await startGateway({
    port: 0,
    home,
    pages: home,
    config: { file: 'muster.yaml', connections: spire.connections },
  });
  await gateway.ready;
});
afterAll(async () => {
  await gateway.close();
  await spire.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Everything that the gateway keeps: its log, its database, its other files. */
function kept(): { name: string; text: string }[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => ({
      name: file.name,
      text: readFileSync(join(file.parentPath, file.name)).toString('latin1'),
    }));
}

describe('S-13: a private key pasted where selectors are asked for', () => {
  const selector = (value: string, type = 'docker') => ({ selectors: [{ type, value }] });
  it.each([
    ['as the value of one', selector(`env:TLS_KEY=${pem}`)],
    ['as a value by itself', selector(pem)],
    ['as its type', selector('x', pem)],
    ['as a JWK', selector(jwk)],
    ['after its first colon, as a reader of lines makes it', selector(pem.replaceAll('\n', ' '), 'key')],
    ['among those that are not known', { ...selector('label:a:b'), unknown: [pem] }],
    ['as the SPIFFE ID', { expectedId: pem }],
    ['as the agent', { ...selector('label:a:b'), agentId: pem }],
  ])('is refused %s, and is nowhere kept, logged or answered', async (_where, request) => {
    const session = await openSession(gateway.origin, gateway.createLaunchCode(), 'cli');
    const why = createClient(WhyService, signedTransport(gateway.origin, new SignedChannel(session)));
    const answer = await why
      .explain({ connection: 'harbor', ...request })
      .then(JSON.stringify, (error: unknown) => String(error));
    expect(answer).toMatch(/private key/u);
    for (const text of [answer, ...kept().map(({ text }) => text)]) {
      expect(text.includes(body)).toBe(false);
      expect(text.includes(scalar)).toBe(false);
    }
    // The log and the database were among what was looked through.
    expect(kept().map(({ name }) => name)).toEqual(expect.arrayContaining(['gateway.log', 'muster.db']));
  });

  it('keeps answering what holds no key', async () => {
    const session = await openSession(gateway.origin, gateway.createLaunchCode(), 'cli');
    const why = createClient(WhyService, signedTransport(gateway.origin, new SignedChannel(session)));
    const { verdict } = await why.explain({ connection: 'harbor', ...selector('label:app:web') });
    expect(verdict).not.toBe('');
  });
});
