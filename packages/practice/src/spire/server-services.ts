import type { ServiceImpl } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Health } from '@muster/wire/gen/health/v1/health_pb.js';
import { HealthCheckResponse_ServingStatus as ServingStatus } from '@muster/wire/gen/health/v1/health_pb.js';
import type { Debug } from '@muster/wire/gen/spire/api/server/debug/v1/debug_pb.js';
import type { Logger } from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import { LogLevel } from '@muster/wire/gen/spire/api/types/logger_pb.js';
import { serverPath, spiffeId } from './ids.ts';
import { invalid } from './status.ts';
import type { TrustDomainState } from './trust-domain.ts';

export const healthService = (): ServiceImpl<typeof Health> => ({
  check({ service }) {
    if (service !== '') throw invalid('per-service health is not supported');
    return { status: ServingStatus.SERVING };
  },
  // eslint-disable-next-line require-yield -- a stream that only refuses
  async *watch() {
    throw new ConnectError('method Watch not implemented', Code.Unimplemented);
  },
});

export function debugService(state: TrustDomainState): ServiceImpl<typeof Debug> {
  const serverSvidLifetime = 3600;
  return {
    getInfo() {
      const { active } = state.authorities.x509;
      const now = state.clock.seconds();
      // The server renews its own SVID at half of its life.
      const age = (now - state.startedAt) % (serverSvidLifetime / 2);
      const expiresAt = Math.min(now - age + serverSvidLifetime, active.expiresAt);
      return {
        svidChain: [
          {
            id: spiffeId(state.name, serverPath),
            expiresAt: BigInt(expiresAt),
            subject: 'O=SPIRE,C=US',
          },
          {
            id: spiffeId(state.name, ''),
            expiresAt: BigInt(active.expiresAt),
            subject: `SERIALNUMBER=${active.issuer?.name.serialNumber ?? ''},O=SPIFFE,C=US`,
          },
        ],
        uptime: now - state.startedAt,
        agentsCount: state.agents.size,
        entriesCount: state.entries.size,
        federatedBundlesCount: state.federatedBundles.size + 1,
      };
    },
  };
}

/** Setting the level changes nothing but what it says: the practice servers write no log. */
export function loggerService(): ServiceImpl<typeof Logger> {
  const launchLevel = LogLevel.INFO;
  let currentLevel: LogLevel = launchLevel;
  const levels = () => ({ currentLevel, launchLevel });
  return {
    getLogger: levels,
    setLogLevel({ newLevel }) {
      if (newLevel === LogLevel.UNSPECIFIED) throw invalid('newLevel value cannot be LogLevel_UNSPECIFIED');
      if (LogLevel[newLevel] === undefined) throw invalid('unsupported log level');
      currentLevel = newLevel;
      return levels();
    },
    resetLogLevel() {
      currentLevel = launchLevel;
      return levels();
    },
  };
}
