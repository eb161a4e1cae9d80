import { detectKind, type JudgeInput, type Kind, kinds, limits, parseTrustDomain } from '@muster/domain';
import { usageError } from './exit.ts';
import { readInput } from './io.ts';
import { suggestion } from './nearest.ts';

export interface VerifyOptions {
  readonly kind?: string | undefined;
  readonly trustDomain?: string | undefined;
  readonly bundle?: readonly string[] | undefined;
  readonly audience?: string | undefined;
  readonly at?: string | undefined;
  readonly key?: string | undefined;
  readonly previous?: string | undefined;
}

const CAP = limits.bundleBytes + 1024 * 1024;

/** Reads the document and everything it is judged with. */
export async function documentOf(file: string, options: VerifyOptions): Promise<JudgeInput> {
  const asked = options.kind === undefined ? undefined : kindOf(options.kind);
  const at = timeOf(options.at);
  const trustDomain = options.trustDomain === undefined ? undefined : trustDomainOf(options.trustDomain);
  const bundles = await bundlesOf(options.bundle ?? [], trustDomain);
  const raw = await readInput(file, CAP);
  const { kind, input } =
    asked === undefined ? detected(raw) : { kind: asked, input: withoutLineEnd(asked, raw) };
  return {
    kind,
    input,
    bundles,
    at,
    ...(trustDomain === undefined ? {} : { trustDomain }),
    ...(options.audience === undefined ? {} : { audience: options.audience }),
    ...(options.key === undefined ? {} : { key: await readInput(options.key, CAP) }),
    ...(options.previous === undefined ? {} : { previous: await readInput(options.previous, CAP) }),
  };
}

function kindOf(text: string): Kind {
  const kind = kinds.find((known) => known === text);
  if (kind === undefined)
    throw usageError(`There is no kind "${text}"${suggestion(text, kinds)} Known: ${kinds.join(', ')}.`);
  return kind;
}

function detected(raw: Uint8Array): { kind: Kind; input: Uint8Array } {
  const found = detectKind(raw);
  if (found.kind === 'private-key')
    throw usageError(
      'The document holds a private key. Remove the key and judge the rest, or give --kind x509-svid-keypair with --key.',
    );
  if (found.kind === 'unknown')
    throw usageError(`What kind of document this is cannot be told; give --kind: ${kinds.join(', ')}.`);
  return found;
}

const oneLine: ReadonlySet<Kind> = new Set([
  'spiffe-id',
  'jwt-svid',
  'wit-svid',
  'bundle-endpoint-url',
  'workload-endpoint-uri',
]);

/** Text editors and `echo` end a file with a line end, which is not part of an ID or a token. */
function withoutLineEnd(kind: Kind, raw: Buffer): Uint8Array {
  if (!oneLine.has(kind) || raw.at(-1) !== 0x0a) return raw;
  return raw.subarray(0, raw.at(-2) === 0x0d ? -2 : -1);
}

function trustDomainOf(text: string): string {
  const found = parseTrustDomain(text.replace(/^spiffe:\/\//u, ''));
  if (!found.ok)
    throw usageError(`--trust-domain "${text}" is not a trust domain name: ${found.problem.message}`);
  return found.value;
}

async function bundlesOf(
  args: readonly string[],
  own: string | undefined,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const bundles = new Map<string, Uint8Array>();
  for (const arg of args) {
    const { name, file } = splitBundle(arg);
    const trustDomain = name ?? own;
    if (trustDomain === undefined)
      throw usageError(`Whose bundle is ${file}? Give --bundle TD=${file}, or --trust-domain.`);
    if (bundles.has(trustDomain)) throw usageError(`There are two bundles for ${trustDomain}.`);
    bundles.set(trustDomain, await readInput(file, CAP));
  }
  return bundles;
}

/** `TD=FILE`; an equals sign behind anything but a trust domain name belongs to the file's name. */
function splitBundle(arg: string): { name: string | undefined; file: string } {
  const at = arg.indexOf('=');
  const name = at > 0 ? parseTrustDomain(arg.slice(0, at).replace(/^spiffe:\/\//u, '')) : undefined;
  return name?.ok ? { name: name.value, file: arg.slice(at + 1) } : { name: undefined, file: arg };
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/iu;

function timeOf(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const at = new Date(text.toUpperCase());
  if (!RFC3339.test(text) || Number.isNaN(at.getTime()))
    throw usageError(`--at takes a time as in RFC 3339, such as 2026-11-22T10:00:00Z; not "${text}".`);
  return at;
}
