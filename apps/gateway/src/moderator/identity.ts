import type { SlimBindings } from '@muster/practice/slim/bindings';
import { readKeys } from './jwks.ts';
import type { JwtAlgorithm, ModeratorIdentity } from './types.ts';

/** How long a token of our own making is valid; the bindings make another in time. */
const TOKEN_SECONDS = 3600;

type Provider = InstanceType<
  SlimBindings['IdentityProviderConfig'][keyof Pick<
    SlimBindings['IdentityProviderConfig'],
    'SharedSecret' | 'Jwt' | 'Spire'
  >]
>;
type Verifier = InstanceType<
  SlimBindings['IdentityVerifierConfig'][keyof Pick<
    SlimBindings['IdentityVerifierConfig'],
    'SharedSecret' | 'Jwt' | 'Spire'
  >]
>;

/** What an identity is to the bindings: how it is proved, and how that of the others is verified. */
export function identityConfig(
  slim: SlimBindings,
  name: string,
  identity: ModeratorIdentity,
): { provider: Provider; verifier: Verifier } {
  const { IdentityProviderConfig: Prove, IdentityVerifierConfig: Verify } = slim;
  switch (identity.kind) {
    case 'shared-secret': {
      const secret = { id: name, data: identity.secret };
      return { provider: new Prove.SharedSecret(secret), verifier: new Verify.SharedSecret(secret) };
    }
    case 'spire': {
      const { socketPath, audiences, trustDomains = [], spiffeId } = identity;
      const config = {
        socketPath: socketPath.startsWith('unix:') ? socketPath : `unix://${socketPath}`,
        targetSpiffeId: spiffeId,
        jwtAudiences: audiences,
        trustDomains,
      };
      return { provider: new Prove.Spire({ config }), verifier: new Verify.Spire({ config }) };
    }
    case 'jwt': {
      const { keyFile, algorithm, subject, issuer, audiences, keysFile } = identity;
      const key = {
        algorithm: algorithmOf(slim, algorithm),
        format: slim.JwtKeyFormat.Pem,
        key: new slim.JwtKeyData.File({ path: keyFile }),
      };
      return {
        provider: new Prove.Jwt({
          config: {
            key: new slim.JwtKeyType.Encoding({ key }),
            audience: audiences,
            issuer,
            subject,
            duration: TOKEN_SECONDS,
          },
        }),
        verifier: verifier(slim, keysFile, audiences),
      };
    }
  }
}

function verifier(slim: SlimBindings, keysFile: string, audiences: string[]): Verifier {
  const { keys, algorithm } = readKeys(keysFile);
  const key = {
    algorithm: algorithmOf(slim, algorithm),
    format: slim.JwtKeyFormat.Jwks,
    key: new slim.JwtKeyData.Data({ value: keys }),
  };
  return new slim.IdentityVerifierConfig.Jwt({
    config: {
      key: new slim.JwtKeyType.Decoding({ key }),
      audience: audiences,
      issuer: undefined,
      subject: undefined,
      duration: TOKEN_SECONDS,
    },
  });
}

function algorithmOf({ JwtAlgorithm: all }: SlimBindings, algorithm: JwtAlgorithm) {
  const known = {
    ES256: all.Es256,
    ES384: all.Es384,
    RS256: all.Rs256,
    RS384: all.Rs384,
    RS512: all.Rs512,
    PS256: all.Ps256,
    PS384: all.Ps384,
    PS512: all.Ps512,
    EdDSA: all.EdDsa,
  } satisfies Record<JwtAlgorithm, unknown>;
  return known[algorithm];
}
