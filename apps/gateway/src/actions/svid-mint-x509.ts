import { X509Certificate } from 'node:crypto';
import { Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { describeKey, parseCertificationRequest } from '@muster/domain';
import type { CertificationRequest } from '@muster/domain';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { mintX509Command } from '../upstream/spire/mint-commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { parseDns } from './entry-input.ts';
import { change, done, failed, fieldChange, refused } from './results.ts';
import { bindTarget, checkTarget, spireConnection } from './spire-target.ts';
import { mintEffects, mintWarnings, mostTtl, validity, workloadId } from './svid-mint-plan.ts';

interface Input {
  connection?: string;
  /** PKCS#10, PEM or base64 of its DER. The key stays with whoever made it. */
  csr: string;
  /** Seconds; 0 or nothing: the server's default. */
  ttl?: number;
}

const leastRsa = 2048;

/** SVID.MintX509SVID: a certificate for a key that never came here. */
export const svidMintX509: Action<Input> = {
  name: 'svid.mintX509',
  title: 'Mint an X.509-SVID',
  role: 'administrator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['csr'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      csr: { type: 'string', minLength: 1, maxLength: 32_768 },
      ttl: { type: 'integer', minimum: 0, maximum: mostTtl },
    },
  },

  async plan({ connection: name, csr, ttl = 0 }, context) {
    const read = await parseCertificationRequest(csr);
    if (!read.ok) throw badInput('csr', read.problem.message);
    const request = read.value;
    checkKey(request);
    const [uri, ...more] = request.uris;
    if (uri === undefined) throw badInput('csr', 'it names no SPIFFE ID: one URI SAN is needed.');
    if (more.length > 0)
      throw badInput('csr', `it names ${more.length + 1} URIs, and an SVID has exactly one (X.509-SVID 2).`);
    request.dnsNames.forEach((one) => parseDns('csr', one));
    const claimed = workloadId('csr', uri);
    const connection = spireConnection(context, name, claimed.split('/')[2]);
    const target = await bindTarget(connection, 'svids.mint');
    const spiffeId = workloadId('csr', uri, target.trustDomain);
    const warnings = await mintWarnings(connection, target, { spiffeId, ttl, now: context.now() });
    return {
      title: 'Mint 1 X.509-SVID',
      target,
      changes: [
        change('mint', 'X.509-SVID', spiffeId, target.connection, [
          fieldChange('Key', '', describeKey(request.publicKey.key)),
          fieldChange('DNS names', '', request.dnsNames.join(', ') || 'none'),
          fieldChange(
            'Valid for',
            '',
            ttl === 0 ? 'default of the server (1 hour unless it shortens it)' : `${ttl} s`,
          ),
        ]),
      ],
      effects: mintEffects('X.509-SVID'),
      warnings: [...dropped(request), ...warnings],
      commands: [mintX509Command(connection.config.address, spiffeId, request.dnsNames, ttl)],
      destructive: false,
      before: null,
      check: () => checkTarget(connection, target),
      apply: () => mint(context, connection, { spiffeId, request, ttl }),
      inverseInput: () => undefined,
    };
  },
};

/** SPIRE takes RSA of 1024 bits; we do not. */
function checkKey({ publicKey: { key } }: CertificationRequest): void {
  if (key.type === 'unsupported') throw badInput('csr', `its key cannot be used: ${key.name}.`);
  if (key.type === 'RSA' && key.bits < leastRsa)
    throw badInput('csr', `its key is RSA of ${key.bits} bits; at least ${leastRsa} are needed.`);
}

function dropped({ otherNames, subject }: CertificationRequest): Warning[] {
  const out: Warning[] = [];
  if (otherNames.length > 0)
    out.push(
      warn(
        'names-dropped',
        `SPIRE drops without a word what the request also names: ${[...new Set(otherNames)].join(', ')}.`,
      ),
    );
  if (subject.text !== '')
    out.push(
      warn(
        'subject',
        'The request has a subject. Peers of SPIFFE judge the SPIFFE ID only; look at the subject of what comes back.',
        Severity.INFO,
      ),
    );
  return out;
}

async function* mint(
  context: ActionContext,
  connection: SpireConnection,
  { spiffeId, request, ttl }: { spiffeId: string; request: CertificationRequest; ttl: number },
): AsyncGenerator<ItemResult> {
  try {
    const minted = await connection.client.svids.mintX509(request.der, ttl);
    const leaf = new X509Certificate(minted.chain[0] ?? new Uint8Array());
    const own = leaf.publicKey.export({ type: 'spki', format: 'der' });
    if (!own.equals(request.publicKey.spki)) {
      yield refused(spiffeId, 'The server answered with a certificate for another key. It is not passed on.');
      return;
    }
    yield {
      ...done(spiffeId, leaf.serialNumber.toLowerCase()),
      document: minted.chainPem,
      reason: validity(ttl, minted.expiresAt, context.now()),
    };
  } catch (error) {
    yield failed(spiffeId, error);
  }
}
