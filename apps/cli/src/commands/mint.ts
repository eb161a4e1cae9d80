import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@connectrpc/connect';
import { ActionService, ItemOutcome, type ItemResult, type Plan, TrustDomainService } from '@muster/api';
import {
  keyParams,
  makeCertificationRequest,
  parseSpiffeId,
  type RequestKey,
  requestKeys,
  toPem,
} from '@muster/domain';
import type { JsonObject } from '@bufbuild/protobuf';
import { CliError, exit, type ExitCode, usageError } from '../exit.ts';
import { printable, writeLine } from '../io.ts';
import { planLines } from '../plan-text.ts';
import { type Signed, withSession } from '../session.ts';
import { codeOf } from './apply.ts';

export const help = `Usage: muster mint x509 --spiffe-id ID --out DIR [--dns NAME]… [--ttl SECONDS] [--key KIND]
                        [--connection NAME] [--yes]
       muster mint jwt --spiffe-id ID --audience A… [--out FILE] [--ttl SECONDS] [--connection NAME] [--yes]

Mints an SVID without a registration entry: full impersonation of that ID, for administrators, and recorded. The
private key is made here and never sent: the gateway gets a signing request. The plan is printed first; without
--yes that is all.

  --spiffe-id ID     whose SVID it is
  --connection NAME  the SPIRE server; by default the one of the ID's trust domain
  --out              x509: a folder for svid.pem, key.pem (mode 600) and bundle.pem, none of which may be there yet;
                     jwt: a file (mode 600) for the token; without it the token goes to standard output
  --dns NAME         a DNS name; again for more
  --key KIND         ${requestKeys.join(', ')}; the first by default
  --audience A       who the token is for; again for more
  --ttl SECONDS      how long it is valid; the server shortens what outlives its authority
  --yes              mint it

Exit codes: 0 done (or planned), 1 refused, 2 usage, 3 no gateway, 4 sign-in refused, 5 outcome unknown.`;

interface Values {
  'spiffe-id'?: string;
  connection?: string;
  out?: string;
  dns?: string[];
  key?: string;
  audience?: string[];
  ttl?: string;
  yes?: boolean;
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'spiffe-id': { type: 'string' },
      connection: { type: 'string' },
      out: { type: 'string', short: 'o' },
      dns: { type: 'string', multiple: true },
      key: { type: 'string' },
      audience: { type: 'string', multiple: true },
      ttl: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
    },
  });
  const [kind, ...rest] = positionals;
  if ((kind !== 'x509' && kind !== 'jwt') || rest.length > 0)
    throw usageError('Say what to mint: x509 or jwt. See "muster mint --help".');
  return kind === 'x509' ? mintX509(values) : mintJwt(values);
}

async function mintX509(values: Values): Promise<ExitCode> {
  const { spiffeId, common } = commonOf(values);
  const { out } = values;
  if (values.audience) throw usageError('--audience goes with jwt: an X.509-SVID has none.');
  if (out === undefined) throw usageError('Give a folder for the key and the certificates: --out DIR.');
  const kind = requestKeys.find((one) => one === (values.key ?? requestKeys[0]));
  if (!kind) throw usageError(`--key takes one of: ${requestKeys.join(', ')}.`);
  const keys = await makeKeys(kind);
  const csr = await makeCertificationRequest(keys, spiffeId, values.dns ?? []);
  return withSession(async (signed) => {
    const plan = await planned(signed, 'svid.mintX509', { ...common, csr });
    if (values.yes !== true) return onlyPlanned();
    const connection = plan.changes[0]?.connection ?? '';
    const files = ['svid.pem', 'key.pem', 'bundle.pem'].map((name) => join(out, name));
    const [svid = '', key = '', bundle = ''] = files;
    await mkdir(out, { recursive: true, mode: 0o700 });
    // Before it is minted: what cannot be kept must not be made.
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    await writeNew(key, toPem('PRIVATE KEY', pkcs8), 0o600);
    try {
      await writeNew(bundle, await ownBundle(signed, connection), 0o644);
      const { item, code } = await applied(signed, plan);
      if (!item) return await undo([key, bundle], code);
      await writeNew(svid, item.document, 0o644);
      await writeLine(printable(`${item.reason} Written: ${files.join(', ')}.`));
      return exit.done;
    } catch (error) {
      await undo([key, bundle], exit.refused);
      throw error;
    }
  });
}

async function mintJwt(values: Values): Promise<ExitCode> {
  const { spiffeId, common } = commonOf(values);
  if (values.dns ?? values.key) throw usageError('--dns and --key go with x509: a token has neither.');
  const audience = values.audience ?? [];
  if (audience.length === 0) throw usageError('Name who the token is for: --audience A.');
  return withSession(async (signed) => {
    const plan = await planned(signed, 'svid.mintJwt', { ...common, spiffeId, audience });
    if (values.yes !== true) return onlyPlanned();
    if (values.out !== undefined) await writeNew(values.out, '', 0o600);
    const { item, code } = await applied(signed, plan);
    if (!item) return undo(values.out === undefined ? [] : [values.out], code);
    console.error(printable(item.reason));
    if (values.out === undefined) await writeLine(printable(item.secret));
    else await fill(values.out, `${item.secret}\n`);
    return exit.done;
  });
}

function commonOf(values: Values): { spiffeId: string; common: JsonObject } {
  const text = values['spiffe-id'];
  if (text === undefined) throw usageError('Say whose SVID it is: --spiffe-id ID.');
  const id = parseSpiffeId(text);
  if (!id.ok) throw usageError(`--spiffe-id: ${id.problem.message}`);
  if (values.ttl !== undefined && !/^[1-9]\d{0,9}$/u.test(values.ttl))
    throw usageError('--ttl takes whole seconds, from 1.');
  return {
    spiffeId: id.value.uri,
    common: {
      ...(values.connection === undefined ? {} : { connection: values.connection }),
      ...(values.ttl === undefined ? {} : { ttl: Number(values.ttl) }),
    },
  };
}

const makeKeys = (kind: RequestKey) =>
  crypto.subtle.generateKey(keyParams(kind), true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

/** The plan goes to standard error: standard output is for what was made. */
async function planned({ transport, signal }: Signed, action: string, input: JsonObject): Promise<Plan> {
  const { plan } = await createClient(ActionService, transport).plan({ action, input }, { signal });
  if (!plan) throw new CliError(exit.refused, 'The gateway answered without a plan.');
  const lines = planLines(plan);
  // Its last lines tell how a plan is applied by its digest; this one is applied here, or made anew.
  const end = lines.findIndex((line) => line.startsWith('Digest: '));
  console.error(lines.slice(0, end < 0 ? undefined : end).join('\n'));
  return plan;
}

function onlyPlanned(): ExitCode {
  console.error('Nothing was minted. Give --yes to mint it.');
  return exit.done;
}

async function applied(
  { transport, signal }: Signed,
  plan: Plan,
): Promise<{ item: ItemResult | undefined; code: ExitCode }> {
  const idempotencyKey = randomBytes(16).toString('hex');
  let item: ItemResult | undefined;
  let code: ExitCode = exit.refused;
  const request = { digest: plan.digest, idempotencyKey };
  for await (const progress of createClient(ActionService, transport).apply(request, { signal })) {
    item = progress.item ?? item;
    if (progress.result) code = codeOf(progress.result, idempotencyKey);
  }
  if (item?.outcome === ItemOutcome.DONE) return { item, code };
  console.error(printable(`Not minted. ${item?.reason ?? 'The gateway did not say why.'}`));
  return { item: undefined, code };
}

async function ownBundle({ transport, signal }: Signed, connection: string): Promise<string> {
  const { bundles } = await createClient(TrustDomainService, transport).listBundles(
    { connection },
    { signal },
  );
  const own = bundles.find((bundle) => bundle.own);
  return (own?.x509Authorities ?? []).map(({ der }) => toPem('CERTIFICATE', der)).join('');
}

/** Never over a file that is there, and never through a link. */
async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    const file = await open(path, 'wx', mode);
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw usageError(
      code === 'EEXIST'
        ? `${path} is there already. It is not overwritten: a key in it would be lost.`
        : `${path} cannot be written (${code}).`,
    );
  }
}

async function fill(path: string, text: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.writeFile(text).finally(() => file.close());
}

async function undo<Code extends ExitCode>(paths: readonly string[], code: Code): Promise<Code> {
  for (const path of paths) await rm(path, { force: true });
  return code;
}
