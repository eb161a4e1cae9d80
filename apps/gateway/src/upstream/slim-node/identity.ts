import { CredentialError, readReference } from '../../config/credential.ts';
import type { ModeratorConfig } from '../../config/types.ts';
import type { ModeratorIdentity } from '../../moderator/types.ts';

/** The audience that SLIM's own configurations use. */
const AUDIENCES = ['slim'];

/**
 * The identity that a configuration means.
 * @param workloadSocket of the workload-api connection it names
 * @throws {CredentialError} when the shared secret cannot be read, or is too short
 */
export async function moderatorIdentity(
  config: ModeratorConfig,
  workloadSocket: string | undefined,
): Promise<ModeratorIdentity> {
  const { jwtKeyFile, keysFile = '', audiences = AUDIENCES } = config;
  if (workloadSocket !== undefined) {
    const { spiffeId } = config;
    const chosen = spiffeId === undefined ? {} : { spiffeId };
    return { kind: 'spire', socketPath: workloadSocket, audiences, ...chosen };
  }
  if (jwtKeyFile !== undefined) {
    const { jwtAlgorithm: algorithm = 'ES256', jwtIssuer, jwtSubject: subject = config.name } = config;
    const issuer = jwtIssuer ?? 'muster';
    return { kind: 'jwt', keyFile: jwtKeyFile, algorithm, subject, issuer, audiences, keysFile };
  }
  const secret = (await readReference(config.sharedSecretFile ?? '')).trim();
  if (Buffer.byteLength(secret) < 32) throw new CredentialError('the shared secret is shorter than 32 bytes');
  return { kind: 'shared-secret', secret };
}
