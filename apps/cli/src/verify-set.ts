import { type Judgement, type JudgeInput, judge, limits } from '@muster/domain';
import { pairedInput, pairFiles } from '@muster/domain/pairing';
import type { PairedDocument, Pairing } from '@muster/domain/pairing-types';
import { CliError } from './exit.ts';
import { readInput } from './io.ts';
import { type FileProblem, findFiles, type FoundFile } from './verify-files.ts';

/** One document, judged. */
export interface Judged {
  /** The file's name; with a number where a file holds several. */
  readonly name: string;
  /** The file that it stands in; `-` for standard input. */
  readonly file: string;
  readonly input: JudgeInput;
  /** What a report hashes: the file's own bytes where it holds nothing else. */
  readonly document: Uint8Array;
  readonly judgement: Judgement;
  /** Trust domain to the file that its bundle came from. */
  readonly bundleFiles: ReadonlyMap<string, string>;
  readonly keyFile?: string;
  /** The trust domain that its SPIFFE ID names; undefined when that is not known or does not matter. */
  readonly trustDomain?: string;
}

export interface JudgedSet {
  readonly judged: readonly Judged[];
  /** What should have been judged and was not: without it nobody can say that all is well. */
  readonly problems: readonly FileProblem[];
  /** What lay there and is nothing to judge. */
  readonly others: readonly FileProblem[];
}

export interface SetOptions {
  /** Names that begin with a dot are looked at, too. */
  readonly hidden: boolean;
  /** Given on the command line: used before any that lies there. */
  readonly bundles: GivenBundles;
  readonly trustDomain?: string | undefined;
  readonly audience?: string | undefined;
  readonly at: Date;
}

export type GivenBundles = ReadonlyMap<string, { readonly file: string; readonly bytes: Uint8Array }>;

/** Files that were read, with what could not be. */
export interface ReadSet {
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  /** Files that somebody gave the names of. */
  readonly named: ReadonlySet<string>;
  readonly problems: readonly FileProblem[];
}

const CAP = limits.bundleBytes + 1024 * 1024;
const MOST_BYTES = 256 * 1024 * 1024;

/** Finds, pairs and judges what files, folders and patterns hold. One that cannot be read does not stop the others. */
export async function judgeSet(args: readonly string[], options: SetOptions): Promise<JudgedSet> {
  const { files, problems } = await findFiles(args, options);
  const read = await readAll(files);
  return judgeRead(args, { ...read, problems: [...problems, ...read.problems] }, options);
}

/** Pairs and judges files that were read. `args` name the whole when there is nothing in it. */
export async function judgeRead(
  args: readonly string[],
  read: ReadSet,
  options: SetOptions,
): Promise<JudgedSet> {
  const pairing = await pairFiles([...read.bytes].map(([name, bytes]) => ({ name, bytes })));
  const inFile = Map.groupBy(pairing.documents, ({ file }) => file);
  const judged: Judged[] = [];
  for (const document of pairing.documents) {
    const whole = inFile.get(document.file)?.length === 1 && !document.secret;
    const bytes = whole ? read.bytes.get(document.file) : undefined;
    judged.push(await judgeOne(document, pairing, options, bytes));
  }
  const missed = [...read.problems, ...unplaced(pairing)];
  const counts = ({ name }: FileProblem) => read.named.has(name) || isMeant(name) || !read.bytes.has(name);
  const problems = missed.filter(counts);
  if (judged.length === 0 && problems.length === 0)
    problems.push({
      name: args.join(', '),
      why:
        pairing.bundles.length > 0
          ? 'there are only CA certificates in it, and nothing to judge by them'
          : 'there is no SPIFFE document in it',
    });
  return { judged, problems, others: [...missed.filter((one) => !counts(one)), ...idle(pairing)] };
}

/** Names that are given to what Muster judges: one that turns out to be nothing is not passed over as something else. */
export function isMeant(name: string): boolean {
  return /\.(?:pem|crt|cer|cert|der|token|jwt|svid|jwks)$/iu.test(name);
}

async function readAll(files: readonly FoundFile[]): Promise<ReadSet> {
  const bytes = new Map<string, Uint8Array>();
  const problems: FileProblem[] = [];
  let left = MOST_BYTES;
  for (const { name, path } of files) {
    if (left <= 0) {
      problems.push({ name, why: `the files before it have ${MOST_BYTES / 1_048_576} MiB; it was not read` });
      continue;
    }
    try {
      const content = await readInput(path, CAP);
      left -= content.length;
      bytes.set(name, content);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      problems.push({ name, why: part(error.message, path) });
    }
  }
  return { bytes, named: new Set(files.filter(({ named }) => named).map(({ name }) => name)), problems };
}

const unplaced = (pairing: Pairing): FileProblem[] =>
  pairing.unplaced.map(({ name, why }) => ({ name, why: part(why, '') }));

/** Bundles that nothing was judged by although they are there. */
function idle({ bundles }: Pairing): FileProblem[] {
  return bundles
    .filter(
      ({ trustDomain, carried, document }) =>
        document === undefined && (carried || trustDomain === undefined),
    )
    .map(({ name, notes }) => ({ name, why: `it was not used. ${notes.join(' ')}`.replace(/\.?\s*$/u, '') }));
}

async function judgeOne(
  document: PairedDocument,
  pairing: Pairing,
  options: SetOptions,
  file: Uint8Array | undefined,
): Promise<Judged> {
  const { at, audience, trustDomain } = options;
  const paired = pairedInput(pairing, document, {
    at,
    ...(audience !== undefined && { audience }),
    ...(trustDomain !== undefined && { trustDomain }),
  });
  const bundles = new Map(paired.bundles);
  const bundleFiles = new Map(
    document.against.map(({ trustDomain: of, bundle }) => [of, pairing.bundles[bundle]?.file ?? '']),
  );
  // Nothing is verified in a bundle: one that was given must not seem to have been asked.
  if (document.kind !== 'bundle')
    for (const [of, given] of options.bundles) {
      bundles.set(of, given.bytes);
      bundleFiles.set(of, given.file);
    }
  const input = { ...paired, bundles };
  return {
    name: document.name,
    file: document.file,
    input,
    document: file ?? document.input,
    judgement: await judge(input),
    bundleFiles,
    ...(document.key && { keyFile: document.key.file }),
    ...(document.trustDomain !== undefined && { trustDomain: document.trustDomain }),
  };
}

/** A sentence as the part behind a colon: without the file's name and the full stop. */
function part(sentence: string, path: string): string {
  const rest = sentence.startsWith(`${path} `) ? sentence.slice(path.length + 1) : sentence;
  return rest
    .replace(/^cannot be read: /u, '')
    .replace(/^It /u, 'it ')
    .replace(/^is /u, 'it is ')
    .replace(/\.$/u, '');
}
