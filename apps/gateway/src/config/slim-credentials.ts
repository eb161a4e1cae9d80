import { isIPv4 } from 'node:net';
import { parseSpiffeId } from '@muster/domain';
import type { SlimCredentials, SlimNodeConfig } from './types.ts';
import type { Finding } from './validate.ts';

/** What stays on this machine. Names are not resolved, but for `localhost`, which RFC 6761 keeps here. */
export function onLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}

type Key = keyof SlimCredentials;

/** Each needs another beside it to mean anything. */
const partners: readonly (readonly [Key, Key, string])[] = [
  ['certFile', 'keyFile', 'the private key of the certificate'],
  ['keyFile', 'certFile', 'the certificate that the key is of'],
  ['username', 'passwordFile', 'the password that goes with it'],
  ['passwordFile', 'username', 'whose password it is'],
  ['jwtAudience', 'workloadApi', 'the Workload API connection that gives the JWT-SVID'],
  ['spiffeId', 'workloadApi', 'it chooses among the SVIDs given there'],
  ['hint', 'workloadApi', 'it chooses among the SVIDs given there'],
];

/** The first mistake in how a SLIM server is to be signed in to; undefined when there is none. */
export function checkSlimCredentials(config: SlimCredentials & { address: string }): Finding | undefined {
  const has = (key: Key): boolean => config[key] !== undefined;
  const wrong = (key: Key | 'address', expected: string): Finding => ({ path: [key], expected });
  if (!URL.canParse(config.address)) return wrong('address', 'an address such as https://host:port');

  for (const [key, partner, why] of partners)
    if (has(key) && !has(partner)) return wrong(key, `\`${partner}\` beside it: ${why}`);

  const authorizations = (['username', 'tokenFile', 'jwtAudience'] as const).filter(has);
  if (authorizations.length > 1)
    return wrong(
      authorizations[1] ?? 'tokenFile',
      'one of `username`, `tokenFile` and `jwtAudience`: a call carries one authorization',
    );
  if (has('workloadApi') && !has('serverId') && !has('jwtAudience'))
    return wrong(
      'workloadApi',
      '`serverId` beside it, to sign in with the X.509-SVID, or `jwtAudience`, to sign in with a JWT-SVID',
    );
  if (has('workloadApi') && has('serverId') && has('certFile'))
    return wrong('certFile', 'either files or `workloadApi` with `serverId`, not both');
  if (has('serverId') && !has('workloadApi') && !has('caFile'))
    return wrong('serverId', '`caFile` (or `workloadApi`) beside it: the authorities of its trust domain');
  for (const key of ['serverId', 'spiffeId'] as const) {
    const id = config[key];
    if (id !== undefined && !parseSpiffeId(id).ok)
      return wrong(key, 'a SPIFFE ID such as spiffe://example.org/slim/control-plane');
  }

  if (config.address.startsWith('https://')) return undefined;
  const tls = (['caFile', 'certFile', 'serverId'] as const).find(has);
  if (tls) return wrong(tls, 'an https address with it: over http nothing is encrypted and nobody is known');
  const [secret] = authorizations;
  if (secret !== undefined && !onLoopback(config.address))
    return wrong(
      secret,
      'an https address with it: over http to another host anybody on the way could read it',
    );
  return undefined;
}

const every = [
  ...(['caFile', 'certFile', 'keyFile', 'username', 'passwordFile', 'tokenFile'] as const),
  ...(['workloadApi', 'spiffeId', 'jwtAudience'] as const),
] satisfies Key[];

/** As `checkSlimCredentials`, of a data plane: SLIM's own bindings open the connection, and can do less. */
export function checkNodeCredentials(config: SlimNodeConfig): Finding | undefined {
  const wrong = (key: Key, expected: string): Finding => ({ path: [key], expected });
  if (config.serverId !== undefined)
    return wrong(
      'serverId',
      '`caFile` in its place, and a host name that the node’s certificate carries: SLIM’s bindings know a node by its host name, not by one SPIFFE ID',
    );
  if (config.hint !== undefined)
    return wrong('hint', '`spiffeId` in its place: SLIM’s bindings choose an SVID by its SPIFFE ID only');
  const given = every.find((key) => config[key] !== undefined);
  if (given && !config.moderator)
    return wrong(
      given,
      '`moderator` beside it: nobody else signs in here; `controller` has its own credentials',
    );
  if (config.tokenFile?.startsWith('env:') === true)
    return wrong('tokenFile', 'a file: SLIM’s bindings read it themselves, again when they connect again');
  if (config.workloadApi !== undefined && config.jwtAudience === undefined)
    return wrong(
      'workloadApi',
      '`jwtAudience` beside it: with SLIM’s bindings we sign in by a JWT-SVID; for an X.509-SVID name its files (`certFile`, `keyFile`)',
    );
  return checkSlimCredentials(config);
}
