import { isIP } from 'node:net';

/** An endpoint's URL that may be asked, if its address may. */
export interface EndpointUrl {
  /** As it was given. */
  text: string;
  url: URL;
  /** Host name, or address without brackets. */
  host: string;
  port: number;
}

export type ReadUrl = { ok: true; value: EndpointUrl } | { ok: false; problem: string };

const most = 2048;
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/iu;

/**
 * Checks the text itself before a URL parser sees it: parsers drop tabs and user info and read `0x7f.1` as an
 * address (S-15). Says what is wrong in a sentence.
 */
export function readEndpointUrl(text: string): ReadUrl {
  const no = (problem: string): ReadUrl => ({ ok: false, problem });
  if (text.length === 0) return no('It is empty; an https:// URL is needed.');
  if (text.length > most) return no(`It is longer than ${most} characters.`);
  if (!/^[\u0021-\u007e]+$/u.test(text)) return no('It holds a space or a character outside of ASCII.');
  if (!/^https:\/\//iu.test(text)) return no('It must use the https scheme.');
  const rest = text.slice('https://'.length);
  const authority = /^[^/?#]*/u.exec(rest)?.[0] ?? '';
  if (authority === '') return no('It must name a host.');
  if (authority.includes('@')) return no('It must not contain user info.');
  if (/[\\<>"`{}|^%]/u.test(authority)) return no('Its host holds a character that no host has.');
  if (text.includes('\\')) return no('It holds a backslash.');
  if (text.includes('#')) return no('It has a fragment, which is never sent.');
  const parts = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::([0-9]{1,5}))?$/iu.exec(authority);
  if (!parts) return no('Its host and port cannot be read.');
  const host = (parts[1] ?? '').replace(/^\[|\]$/gu, '');
  const bracketed = authority.startsWith('[');
  const port = parts[2] === undefined ? 443 : Number(parts[2]);
  if (port < 1 || port > 65_535) return no('Its port is not between 1 and 65535.');
  if (bracketed ? isIP(host) !== 6 : !isHost(host))
    return no('Its host is neither a name nor an address in the usual form.');
  if (!URL.canParse(text)) return no('It is not a URL.');
  const url = new URL(text);
  // What the parser made of it must be what was written: an odd form of an address would show here.
  if (url.hostname.toLowerCase() !== (bracketed ? canonical6(host) : host.toLowerCase()))
    return no('Its host is not in the usual form.');
  return { ok: true, value: { text, url, host, port } };
}

function isHost(host: string): boolean {
  if (isIP(host) === 4) return true;
  const labels = host.replace(/\.$/u, '').split('.');
  const last = labels.at(-1) ?? '';
  // A last label of digits, or 0x…, makes every URL parser read the whole as an IPv4 address (WHATWG URL 3.5).
  if (/^([0-9]+|0x[0-9a-f]*)$/iu.test(last)) return false;
  return host.length <= 253 && labels.every((one) => label.test(one));
}

const canonical6 = (host: string): string => {
  const text = `https://[${host}]`;
  return URL.canParse(text) ? new URL(text).hostname : '';
};
