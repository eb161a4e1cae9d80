import { isIP } from 'node:net';
import { readEndpointUrl } from '../bundle-endpoint/url.ts';

/** A TLS endpoint that may be asked, if its address may. */
export interface TlsTarget {
  /** Host name, or address without brackets. */
  host: string;
  port: number;
  /** Name asked for in the handshake; empty: none. */
  serverName: string;
}

export type ReadTarget =
  { ok: true; value: TlsTarget } | { ok: false; field: 'target' | 'server_name'; problem: string };

/**
 * Reads `host:port` by the same rules as the authority of an endpoint's URL (S-15): no user info, no odd forms of
 * addresses, no path, no socket of this machine (S-16). The port is never guessed.
 */
export function readTlsTarget(text: string, serverName: string, omit: boolean): ReadTarget {
  const no = (problem: string): ReadTarget => ({ ok: false, field: 'target', problem });
  if (text === '') return no('It is empty; host:port is needed.');
  if (/^unix:|^\.?\.?\//iu.test(text))
    return no('A socket of this machine is not asked: host:port is needed.');
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(text)) return no('Without a scheme: host:port.');
  if (/[/?]/u.test(text)) return no('Nothing may follow the port: host:port.');
  if (!/:[0-9]+$/u.test(text)) return no('Its port is missing: host:port.');
  const read = readEndpointUrl(`https://${text}`);
  if (!read.ok) return no(read.problem.replace(/ ?an https:\/\/ URL is needed\./u, ''));
  const { host, port } = read.value;
  const name = serverName === '' ? (isIP(host) === 0 ? host.replace(/\.$/u, '') : '') : serverName;
  if (omit) return { ok: true, value: { host, port, serverName: '' } };
  if (name !== '') {
    const named = readEndpointUrl(`https://${name}`);
    // RFC 6066 3: a name of DNS, never an address.
    if (!named.ok || named.value.host !== name || isIP(name) !== 0)
      return { ok: false, field: 'server_name', problem: 'It is not a host name.' };
  }
  return { ok: true, value: { host, port, serverName: name } };
}
