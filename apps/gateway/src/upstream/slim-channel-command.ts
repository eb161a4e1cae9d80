import type { SlimCredentials } from '../config/types.ts';

/** Where a slimctl command goes, and what it needs to be let in. */
export type SlimTarget = SlimCredentials & { address: string };

/**
 * The global flags of slimctl 3.4 for a server, with what cannot be said by flags. Credentials are files by their
 * path, and a password only by its place (S-14).
 */
export function slimctlFlags(target: SlimTarget): { words: string[]; notes: string[] } {
  const { address, caFile, certFile, keyFile, username, tokenFile, serverId, jwtAudience, workloadApi } =
    target;
  const words = ['--server', address.replace(/^http:\/\//u, '')];
  const notes: string[] = [];
  const file = (flag: string, key: string, reference: string | undefined): void => {
    if (reference === undefined) return;
    const inPlace = reference.startsWith('env:');
    words.push(flag, inPlace ? `${key}.pem` : reference);
    if (inPlace) notes.push(`${key}.pem must hold what the gateway has in its environment.`);
  };
  file('--tls.ca_file', 'ca', caFile);
  const svid = workloadApi !== undefined && serverId !== undefined && certFile === undefined;
  if (svid) {
    if (caFile === undefined) words.push('--tls.ca_file', 'bundle.0.pem');
    words.push('--tls.cert_file', 'svid.0.pem', '--tls.key_file', 'svid.0.key');
    notes.push('spire-agent api fetch x509 -write . writes the SVID that it needs.');
  } else {
    file('--tls.cert_file', 'cert', certFile);
    file('--tls.key_file', 'key', keyFile);
  }
  if (serverId !== undefined)
    notes.push('slimctl checks the server’s host name, not its SPIFFE ID: it may refuse this server.');
  if (username !== undefined) {
    words.push('--basic-auth-creds', `${username}:PASSWORD`);
    notes.push('Put the password in the place of PASSWORD.');
  }
  if (tokenFile !== undefined || jwtAudience !== undefined)
    notes.push('slimctl has no flag for a token: this server may refuse it.');
  return { words, notes };
}
