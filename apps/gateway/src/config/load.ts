import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseSpiffeId } from '@muster/domain';
import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { ConfigError } from './error.ts';
import { findInlineCredential } from './inline-credential.ts';
import { checkModerator } from './moderator-identity.ts';
import { checkNodeCredentials, checkSlimCredentials } from './slim-credentials.ts';
import { parseCidr } from '../upstream/bundle-endpoint/address.ts';
import { ruleMistake } from '../members/rules.ts';
import type { Config, ConnectionConfig, MusterFile, OwnerKeysConfig } from './types.ts';
import { validateConnection, validateTop } from './validate.ts';
import type { Finding } from './validate.ts';

const maxBytes = 1024 * 1024;
type Path = readonly (string | number)[];

/** Reads, checks and resolves `muster.yaml`; throws `ConfigError` at the first mistake. */
export function loadConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new ConfigError({
      file,
      line: 0,
      key: '',
      expected: `a readable file, but reading it failed (${code ?? 'unknown'})`,
    });
  }
  return parseConfig(text, resolve(file));
}

/** As `loadConfig`, of text; `file` is for messages and for relative paths. */
export function parseConfig(text: string, file: string): Config {
  if (text.length > maxBytes)
    throw new ConfigError({ file, line: 0, key: '', expected: 'a file of at most 1 MiB' });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const lineOf = (path: Path): number => lines.linePos(offsetOf(document, path)).line;
  const fail = (path: Path, expected: string): never => {
    throw new ConfigError({ file, line: lineOf(path), key: show(path), expected });
  };

  const broken = document.errors[0];
  if (broken) {
    throw new ConfigError({
      file,
      line: lines.linePos(broken.pos[0]).line,
      key: '',
      expected: broken.code === 'DUPLICATE_KEY' ? 'each key once, but one is repeated here' : 'valid YAML',
    });
  }
  // Aliases can make a small file expand without bound.
  const content: unknown = document.toJS({ maxAliasCount: 100 });
  const report = (finding: Finding | undefined, prefix: Path): void => {
    if (finding) fail([...prefix, ...finding.path], finding.expected);
  };

  const inline = findInlineCredential(content);
  if (inline) fail(inline.path, inline.expected);
  report(validateTop(content), []);
  const { connections, probe, ownerKeys, slimIdentities } = content as MusterFile;
  probe?.allow?.forEach((range, index) => {
    if (!parseCidr(range)) fail(['probe', 'allow', index], 'a range of addresses such as `127.0.0.0/8`');
  });
  slimIdentities?.forEach((rule, index) => {
    const mistake = ruleMistake(rule);
    if (mistake) fail(['slimIdentities', index, mistake.key], mistake.expected);
  });
  const names = new Map<string, number>();
  connections.forEach((connection, index) => {
    const at: Path = ['connections', index];
    report(validateConnection(connection), at);
    report(checkTogether(connection), at);
    const first = names.get(connection.name);
    if (first !== undefined) {
      fail(
        [...at, 'name'],
        `a name of its own: “${connection.name}” is already used on line ${lineOf(['connections', first, 'name'])}`,
      );
    }
    names.set(connection.name, index);
  });
  connections.forEach((connection, index) => {
    for (const [path, wanted] of workloadApis(connection)) {
      const target = connections[names.get(wanted) ?? -1];
      if (target?.kind !== 'workload-api')
        fail(
          ['connections', index, ...path],
          `the name of a workload-api connection; “${wanted}” is ${target ? `a ${target.kind}` : 'not configured'}`,
        );
    }
  });
  connections.forEach((connection, index) => {
    if (!('controlPlane' in connection) || connection.controlPlane === undefined) return;
    const target = connections[names.get(connection.controlPlane) ?? -1];
    if (target?.kind !== 'slim-control-plane')
      fail(
        ['connections', index, 'controlPlane'],
        `the name of a slim-control-plane connection; “${connection.controlPlane}” is ${target ? `a ${target.kind}` : 'not configured'}`,
      );
  });
  return {
    connections: connections.map((connection) => resolvePaths(connection, dirname(file))),
    ...(probe === undefined ? {} : { probe }),
    ...(slimIdentities === undefined ? {} : { slimIdentities }),
    ...(ownerKeys === undefined ? {} : { ownerKeys: resolveOwnerKeys(ownerKeys, dirname(file)) }),
    file,
  };
}

/** Workload API connections that a connection names, and where. */
function workloadApis(connection: ConnectionConfig): [path: string[], name: string][] {
  const named: [string[], string | undefined][] =
    connection.kind === 'slim-node'
      ? [
          [['workloadApi'], connection.workloadApi],
          [['moderator', 'workloadApi'], connection.moderator?.workloadApi],
          [['controller', 'workloadApi'], connection.controller?.workloadApi],
        ]
      : [[['workloadApi'], 'workloadApi' in connection ? connection.workloadApi : undefined]];
  return named.flatMap(([path, name]) => (name === undefined ? [] : [[path, name]]));
}

/** Rules that join several keys, which a JSON Schema says badly. */
function checkTogether(connection: ConnectionConfig): Finding | undefined {
  if (connection.kind === 'spire-server' && connection.address.startsWith('https://')) {
    if (connection.trustDomain === undefined)
      return {
        path: ['address'],
        expected: 'a `trustDomain` beside an https address, so that the server can be told from another',
      };
    if (connection.workloadApi === undefined) {
      const missing = (['certFile', 'keyFile', 'bundleFile'] as const).find(
        (key) => connection[key] === undefined,
      );
      if (missing)
        return { path: ['address'], expected: `\`${missing}\` (or \`workloadApi\`) beside an https address` };
    } else {
      const both = (['certFile', 'keyFile'] as const).find((key) => connection[key] !== undefined);
      if (both) return { path: [both], expected: 'either files or `workloadApi`, not both' };
    }
    if (connection.spiffeId !== undefined && !parseSpiffeId(connection.spiffeId).ok)
      return { path: ['spiffeId'], expected: 'a SPIFFE ID such as spiffe://example.org/muster/console' };
  }
  if (connection.kind === 'spire-server') {
    const idle = (['spiffeId', 'hint'] as const).find(
      (key) => connection[key] !== undefined && connection.workloadApi === undefined,
    );
    if (idle)
      return { path: [idle], expected: '`workloadApi` beside it: it chooses among the SVIDs given there' };
    if (connection.workloadApi !== undefined && !connection.address.startsWith('https://'))
      return { path: ['workloadApi'], expected: 'an https address with it: a socket asks for no SVID' };
  }
  if (connection.kind === 'slim-node' && connection.moderator) {
    const mistake = checkModerator(connection.moderator);
    if (mistake) return mistake;
    if (connection.moderator.approvals === connection.moderator.name)
      return {
        path: ['moderator', 'approvals'],
        expected: 'another name than the moderator’s own: who listens at one name takes all that comes to it',
      };
  }
  if (
    connection.kind === 'channel-manager' &&
    connection.ownerKeyFile !== undefined &&
    connection.audience === undefined
  ) {
    return {
      path: ['ownerKeyFile'],
      expected: '`audience` beside it: signed requests name the manager they are for',
    };
  }
  if (connection.kind === 'slim-control-plane' || connection.kind === 'channel-manager')
    return checkSlimCredentials(connection);
  if (connection.kind === 'slim-node') {
    const finding = checkNodeCredentials(connection);
    if (finding) return finding;
  }
  if (connection.kind === 'slim-node' && connection.controller) {
    const finding = checkSlimCredentials(connection.controller);
    return finding && { ...finding, path: ['controller', ...finding.path] };
  }
  return undefined;
}

const fileKeys = new Set([
  ...['certFile', 'keyFile', 'bundleFile', 'caFile', 'ownerKeyFile', 'sharedSecretFile'],
  ...['passwordFile', 'tokenFile', 'jwtKeyFile', 'keysFile'],
]);

const against = (base: string, reference: string): string =>
  reference.startsWith('env:') || isAbsolute(reference) ? reference : resolve(base, reference);

function resolveOwnerKeys({ passphraseFile }: OwnerKeysConfig, base: string): OwnerKeysConfig {
  return passphraseFile === undefined ? {} : { passphraseFile: against(base, passphraseFile) };
}

function resolvePaths(connection: ConnectionConfig, base: string): ConnectionConfig {
  const fix = (key: string, value: unknown): unknown =>
    fileKeys.has(key) && typeof value === 'string' ? against(base, value) : value;
  const copy: ConnectionConfig = { ...connection };
  for (const [key, value] of Object.entries(copy)) Object.assign(copy, { [key]: fix(key, value) });
  if (copy.kind === 'slim-node' && copy.moderator) {
    copy.moderator = { ...copy.moderator };
    for (const [key, value] of Object.entries(copy.moderator))
      Object.assign(copy.moderator, { [key]: fix(key, value) });
  }
  if (copy.kind === 'slim-node' && copy.controller) {
    copy.controller = { ...copy.controller };
    for (const [key, value] of Object.entries(copy.controller))
      Object.assign(copy.controller, { [key]: fix(key, value) });
  }
  return copy;
}

/** Offset of the deepest node on the path that exists: of its key when it has one. */
function offsetOf(document: Document, path: Path): number {
  let offset = 0;
  for (let length = 1; length <= path.length; length += 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
      if (pair && isNode(pair.key) && pair.key.range) {
        offset = pair.key.range[0];
        continue;
      }
    }
    const node = document.getIn(path.slice(0, length), true);
    if (!isNode(node) || !node.range) break;
    offset = node.range[0];
  }
  return offset;
}

function show(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
export { ConfigError } from './error.ts';
