import {
  type Detection,
  detectKind,
  judge,
  type JudgeInput,
  type Kind,
  kinds,
  limits,
  parseTrustDomain,
} from '@muster/domain';
import { usageError } from './exit.ts';
import { readInput } from './io.ts';
import { suggestion } from './nearest.ts';
import type { GivenBundles, Judged, JudgedSet } from './verify-set.ts';

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

/** What the options say about the verifier, checked, with the bundles read. */
export async function verifierOf(options: VerifyOptions) {
  const at = timeOf(options.at);
  const trustDomain = options.trustDomain === undefined ? undefined : trustDomainOf(options.trustDomain);
  const bundles = await bundlesOf(options.bundle ?? [], trustDomain);
  return { at, trustDomain, audience: options.audience, bundles };
}

/** Reads one document and everything it is judged with, and judges it. */
export async function judgeFile(file: string, options: VerifyOptions): Promise<JudgedSet> {
  // Told before anything is read: a wrong option costs no wait.
  if (options.kind !== undefined) kindOf(options.kind);
  const { at, trustDomain, audience, bundles } = await verifierOf(options);
  const { found, raw } = await recognised(file, options.kind);
  if (found.kind === 'private-key' && options.key === undefined) {
    // A leaf with its key in one file, as many programs want it.
    const { judgeRead } = await import('./verify-set.ts');
    const read = { bytes: new Map([[file, raw]]), named: new Set([file]), problems: [] };
    const set = await judgeRead([file], read, { at, trustDomain, audience, bundles, hidden: false });
    if (set.judged.length > 0) return set;
  }
  if (found.kind === 'private-key')
    throw usageError(
      'The document holds a private key. Remove the key and judge the rest, or give --kind x509-svid-keypair with --key.',
    );
  if (found.kind === 'unknown')
    throw usageError(`What kind of document this is cannot be told; give --kind: ${kinds.join(', ')}.`);
  const input: JudgeInput = {
    kind: found.kind,
    input: found.input,
    bundles: new Map([...bundles].map(([of, { bytes }]) => [of, bytes])),
    at,
    ...(trustDomain === undefined ? {} : { trustDomain }),
    ...(audience === undefined ? {} : { audience }),
    ...(options.key === undefined ? {} : { key: await readInput(options.key, CAP) }),
    ...(options.previous === undefined ? {} : { previous: await readInput(options.previous, CAP) }),
  };
  const judged: Judged = {
    name: file,
    file,
    input,
    document: raw,
    judgement: await judge(input),
    bundleFiles: new Map([...bundles].map(([of, given]) => [of, given.file])),
    ...(options.key === undefined ? {} : { keyFile: options.key }),
  };
  return { judged: [judged], problems: [], others: [] };
}

/** Reads a file and tells what it is: what was said (`kind`), or what it looks like. */
export async function recognised(
  file: string,
  kind: string | undefined,
): Promise<{ readonly found: Detection; readonly raw: Buffer }> {
  const asked = kind === undefined ? undefined : kindOf(kind);
  const raw = await readInput(file, CAP);
  if (asked === undefined) return { found: detectKind(raw), raw };
  return { found: { kind: asked, confidence: 'certain', input: withoutLineEnd(asked, raw) }, raw };
}

function kindOf(text: string): Kind {
  const kind = kinds.find((known) => known === text);
  if (kind === undefined)
    throw usageError(`There is no kind "${text}"${suggestion(text, kinds)} Known: ${kinds.join(', ')}.`);
  return kind;
}

const oneLine: ReadonlySet<Kind> = new Set([
  'spiffe-id',
  'jwt-svid',
  'wit-svid',
  'bundle-endpoint-url',
  'workload-endpoint-uri',
]);

/** Text editors and `echo` end a file with a line end, which is not part of an ID or a token. */
function withoutLineEnd(kind: Kind, raw: Buffer): Uint8Array<ArrayBuffer> {
  const end = !oneLine.has(kind) || raw.at(-1) !== 0x0a ? raw.length : raw.at(-2) === 0x0d ? -2 : -1;
  return new Uint8Array(raw.subarray(0, end));
}

function trustDomainOf(text: string): string {
  const found = parseTrustDomain(text.replace(/^spiffe:\/\//u, ''));
  if (!found.ok)
    throw usageError(`--trust-domain "${text}" is not a trust domain name: ${found.problem.message}`);
  return found.value;
}

async function bundlesOf(args: readonly string[], own: string | undefined): Promise<GivenBundles> {
  const bundles = new Map<string, { file: string; bytes: Uint8Array }>();
  for (const arg of args) {
    const { name, file } = splitBundle(arg);
    const trustDomain = name ?? own;
    if (trustDomain === undefined)
      throw usageError(`Whose bundle is ${file}? Give --bundle TD=${file}, or --trust-domain.`);
    if (bundles.has(trustDomain)) throw usageError(`There are two bundles for ${trustDomain}.`);
    bundles.set(trustDomain, { file, bytes: await readInput(file, CAP) });
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
