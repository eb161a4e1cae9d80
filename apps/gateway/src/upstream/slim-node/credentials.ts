import type { SlimNodeConfig } from '../../config/types.ts';
import type { NodeCredentials } from '../../moderator/types.ts';
import { Fault } from '../fault.ts';
import { sentence } from '../sentences.ts';
import { bearer, expiryOf, passwordIn, readNamed, tlsCredentials } from '../slim-channel-credentials.ts';

/**
 * What the moderator signs in to the data plane with, as the files are now.
 * @param workloadSocket of the workload-api connection that gives the JWT-SVID
 * @throws {Error} a sentence that names the key; neither path nor content
 */
export async function nodeCredentials(
  config: SlimNodeConfig,
  workloadSocket: string | undefined,
  now: Date,
): Promise<NodeCredentials> {
  try {
    const tls = config.address.startsWith('https://') ? await tlsOf(config, now) : {};
    const authorization = await authorizationOf(config, workloadSocket, now);
    return { ...tls, ...(authorization && { authorization }) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Error(error.detail === '' ? sentence(error) : error.detail, { cause: error });
  }
}

async function tlsOf(config: SlimNodeConfig, now: Date): Promise<NodeCredentials> {
  const { ca, client } = (await tlsCredentials(config, undefined, now)).options;
  return {
    ...(ca === undefined ? {} : { ca: String(ca) }),
    ...(client && {
      client: {
        cert: String(client.cert),
        key: String(client.key.export({ type: 'pkcs8', format: 'pem' })),
      },
    }),
  };
}

async function authorizationOf(
  config: SlimNodeConfig,
  workloadSocket: string | undefined,
  now: Date,
): Promise<NodeCredentials['authorization']> {
  const { username, passwordFile, tokenFile, jwtAudience, spiffeId } = config;
  if (username !== undefined && passwordFile !== undefined) {
    const password = passwordIn(await readNamed('passwordFile', passwordFile));
    return { kind: 'password', username, password };
  }
  if (tokenFile !== undefined) {
    // The bindings read it themselves, and would say less of what is wrong with it.
    const content = await readNamed('tokenFile', tokenFile);
    bearer('tokenFile', content);
    const expired = expiryOf(content);
    if (expired !== undefined && expired <= now)
      throw new Fault('credential', 'local', {
        detail: `tokenFile holds a token that expired at ${expired.toISOString()}, and no new one came`,
      });
    return { kind: 'token', file: tokenFile };
  }
  if (jwtAudience === undefined) return undefined;
  // The connection it names is checked when the configuration is read; without it nothing is sent.
  if (workloadSocket === undefined)
    throw new Fault('identity', 'local', { detail: 'its Workload API is not there' });
  const chosen = spiffeId === undefined ? {} : { spiffeId };
  return { kind: 'jwt-svid', socketPath: workloadSocket, audience: jwtAudience, ...chosen };
}

/** What we show the node, for a description; empty: nothing. */
export function presented({ certFile, username, tokenFile, jwtAudience }: SlimNodeConfig): string {
  const shown = [
    ...(certFile === undefined ? [] : ['a client certificate']),
    ...(username === undefined ? [] : [`the password of ${username}`]),
    ...(tokenFile === undefined ? [] : ['a token']),
    ...(jwtAudience === undefined ? [] : [`a JWT-SVID for ${jwtAudience}`]),
  ];
  return shown.length === 0 ? '' : `, with ${shown.join(' and ')}`;
}
