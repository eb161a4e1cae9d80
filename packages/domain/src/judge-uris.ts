import { type Bytes, toLatin1 } from './bytes.ts';
import { escapeText, quote } from './display.ts';
import type { Judgement, Kind } from './judge-types.ts';
import { limits } from './limits.ts';
import { Sheet } from './sheet.ts';

interface UriParts {
  readonly scheme: string;
  /** Undefined when there is no `//`. */
  readonly authority: string | undefined;
  readonly path: string;
  readonly hasQuery: boolean;
  readonly hasFragment: boolean;
}

/** RFC 3986 appendix B on the raw text; nothing is resolved, decoded or dropped. */
function split(text: string): UriParts | undefined {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/su.exec(text);
  if (!match) return undefined;
  const [, scheme = '', authority, path = '', query, fragment] = match;
  return { scheme, authority, path, hasQuery: query !== undefined, hasFragment: fragment !== undefined };
}

/** SPIFFE Federation 5.2.1.1 and 5.2.2.1. What only a running client could show is left unchecked. */
export function judgeBundleEndpointUrl(input: Bytes): Judgement {
  const sheet = new Sheet(['F-01', 'F-02', 'F-03', 'F-04', 'F-05', 'F-06', 'F-07']);
  const text = readable(input);
  const uri = text === undefined ? undefined : split(text);
  if (!uri) {
    sheet.fail('F-01', 'The text is not a URL.');
    // User information behind a bad character is user information all the same.
    const authority = /^[^:/?#]*:\/\/([^/?#]*)/u.exec(toLatin1(input.subarray(0, limits.urlBytes)))?.[1];
    if (authority?.includes('@')) sheet.fail('F-02', 'There is user information (`@`).');
    return done(sheet, 'bundle-endpoint-url', uri);
  }
  const scheme = uri.scheme.toLowerCase();
  sheet.test('F-01', scheme === 'https', 'The scheme is https.', `The scheme is ${quote(uri.scheme, 40)}.`);
  if (uri.scheme !== scheme) sheet.warn('F-01', 'The scheme is not written in lower case.');
  const authority = uri.authority ?? '';
  // Browsers read a backslash as a slash; two readers would see two hosts. RFC 3986 has it nowhere.
  const ambiguous = text?.includes('\\') === true;
  const host = hostPort(authority.slice(authority.lastIndexOf('@') + 1));
  const badPort = host?.port !== undefined && host.port !== '' && !isPort(host.port);
  const badAddress = host?.host.startsWith('[') === true && !isIpv6(host.host);
  if (!host || badPort || badAddress || ambiguous)
    sheet.fail('F-01', 'The URL has no host, or one that readers may understand differently.');
  sheet.test(
    'F-02',
    !authority.includes('@'),
    'There is no user information.',
    'There is user information (`@`).',
  );
  for (const id of ['F-03', 'F-04', 'F-05', 'F-06', 'F-07']) {
    sheet.notChecked(id, 'Depends on the configuration and the connection, not on the URL.');
  }
  return done(sheet, 'bundle-endpoint-url', uri);
}

/** SPIFFE Workload Endpoint 4: the value of SPIFFE_ENDPOINT_SOCKET. */
export function judgeWorkloadEndpointUri(input: Bytes): Judgement {
  const sheet = new Sheet(['W-01', 'W-02', 'W-03', 'W-12']);
  const text = readable(input);
  const uri = text === undefined ? undefined : split(text);
  const scheme = uri?.scheme.toLowerCase();
  if (!uri || (scheme !== 'unix' && scheme !== 'tcp')) {
    sheet.fail('W-01', uri ? `The scheme is ${quote(uri.scheme, 40)}.` : 'The text is not a URI.');
    // Broken behind a good scheme: the row of that scheme is broken as well.
    const [start = ''] = uri ? [] : (/^(?:unix|tcp):/iu.exec(toLatin1(input.subarray(0, 5))) ?? []);
    if (start !== '')
      sheet.fail(start.length === 5 ? 'W-02' : 'W-03', 'There is a character that no URI may have.');
    for (const id of ['W-02', 'W-03', 'W-12']) sheet.notApplicable(id, 'The scheme is neither unix nor tcp.');
    return done(sheet, 'workload-endpoint-uri', uri);
  }
  sheet.pass('W-01', `The scheme is ${scheme}.`);
  if (uri.scheme !== scheme) sheet.warn('W-01', 'The scheme is not written in lower case.');
  const extra = uri.hasQuery || uri.hasFragment;
  if (scheme === 'unix') {
    if (uri.authority) sheet.fail('W-02', `There is an authority, ${quote(uri.authority, 80)}.`);
    if (!uri.path.startsWith('/') || uri.path === '/')
      sheet.fail('W-02', 'The path of the socket is missing or not absolute.');
    if (uri.path.endsWith('/')) sheet.warn('W-02', 'The path looks like a directory, not like a socket.');
    // RFC 3986 3.3: these three stand in no path.
    if (/[\\[\]]/u.test(uri.path)) sheet.fail('W-02', 'The path has a character that no URI path may have.');
    if (extra) sheet.fail('W-02', 'There is a query or a fragment.');
    sheet.set('W-02', 'pass', 'An absolute path and nothing else.');
    for (const id of ['W-03', 'W-12']) sheet.notApplicable(id, 'The socket is a Unix domain socket.');
  } else {
    const host = uri.authority?.includes('@') ? undefined : hostPort(uri.authority ?? '');
    if (!host || !(isIpv4(host.host) || isIpv6(host.host)))
      sheet.fail('W-03', 'The host is not an IP address.');
    if (!host?.port || !isPort(host.port)) sheet.fail('W-03', 'There is no usable port.');
    if (extra || uri.path !== '') sheet.fail('W-03', 'There is a path, a query or a fragment.');
    sheet.set('W-03', 'pass', 'An IP address, a port and nothing else.');
    sheet.notApplicable('W-02', 'The socket is a TCP socket.');
    sheet.notChecked('W-12', 'Depends on the network.');
  }
  return done(sheet, 'workload-endpoint-uri', uri);
}

function done(sheet: Sheet, kind: Kind, uri: UriParts | undefined): Judgement {
  const rest =
    uri && escapeText(`${uri.authority === undefined ? '' : `//${uri.authority}`}${uri.path}`).slice(0, 2100);
  return sheet.judgement(
    kind,
    // User information can be a password, so a URL that has it is not repeated.
    uri && !uri.authority?.includes('@')
      ? { type: 'uri', scheme: uri.scheme, rest: rest ?? '' }
      : { type: 'none' },
    kind === 'bundle-endpoint-url'
      ? 'The URL may be used as a bundle endpoint.'
      : 'The URI may be used as a workload endpoint.',
  );
}

/** The text when it has only characters of RFC 3986 2 and whole percent-encodings (or a backslash), or undefined. */
function readable(input: Bytes): string | undefined {
  if (input.length > limits.urlBytes) return undefined;
  const text = toLatin1(input);
  const allowed = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=\\]|%[0-9A-Fa-f]{2})*$/u;
  return allowed.test(text) ? text : undefined;
}

function hostPort(text: string): { host: string; port?: string } | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]@]+)(?::(\d*))?$/u.exec(text);
  if (!match?.[1]) return undefined;
  return match[2] === undefined ? { host: match[1] } : { host: match[1], port: match[2] };
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/u.test(text) && Number(text) <= 65535;
}

function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/u.test(text) && !text.endsWith('.');
}

function isIpv6(text: string): boolean {
  if (!text.startsWith('[')) return false;
  let inner = text.slice(1, -1);
  const tail = inner.slice(inner.lastIndexOf(':') + 1);
  if (tail.includes('.')) {
    if (!isIpv4(tail)) return false;
    inner = `${inner.slice(0, -tail.length)}0:0`;
  }
  const halves = inner.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/u.test(group))) return false;
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8;
}
