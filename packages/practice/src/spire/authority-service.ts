import type { ServiceImpl } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import type { Authority, AuthoritySlots } from './authority-slots.ts';
import { noUpstream } from './authority-slots.ts';
import type { TrustDomainState } from './trust-domain.ts';

const shown = ({ id, expiresAt }: Authority) => ({ authorityId: id, expiresAt: BigInt(expiresAt) });

/** The answer to a revocation has no expiry. */
const revoked = ({ id }: Authority) => ({ authorityId: id, expiresAt: 0n });

function slots<A extends Authority>({ active, next }: AuthoritySlots<A>) {
  return {
    active: shown(active),
    prepared: next?.status === 'PREPARED' ? shown(next.authority) : undefined,
    old: next?.status === 'OLD' ? shown(next.authority) : undefined,
  };
}

const noWit = (): never => {
  throw new ConnectError('WIT-SVID functionality is not yet implemented', Code.Unimplemented);
};

const refuseUpstream = (): never => {
  throw noUpstream();
};

export function authorityService({ authorities }: TrustDomainState): ServiceImpl<typeof LocalAuthority> {
  const { x509, jwt } = authorities;
  return {
    getX509AuthorityState: () => slots(x509),
    prepareX509Authority: () => ({ preparedAuthority: shown(x509.prepare()) }),
    activateX509Authority: ({ authorityId }) => ({ activatedAuthority: shown(x509.activate(authorityId)) }),
    taintX509Authority: ({ authorityId }) => ({ taintedAuthority: shown(x509.taint(authorityId)) }),
    revokeX509Authority: ({ authorityId }) => ({ revokedAuthority: revoked(x509.revoke(authorityId)) }),
    taintX509UpstreamAuthority: refuseUpstream,
    revokeX509UpstreamAuthority: refuseUpstream,

    getJWTAuthorityState: () => slots(jwt),
    prepareJWTAuthority: () => ({ preparedAuthority: shown(jwt.prepare()) }),
    activateJWTAuthority: ({ authorityId }) => ({ activatedAuthority: shown(jwt.activate(authorityId)) }),
    taintJWTAuthority: ({ authorityId }) => ({ taintedAuthority: shown(jwt.taint(authorityId)) }),
    revokeJWTAuthority: ({ authorityId }) => ({ revokedAuthority: revoked(jwt.revoke(authorityId)) }),

    getWITAuthorityState: noWit,
    prepareWITAuthority: noWit,
    activateWITAuthority: noWit,
    taintWITAuthority: noWit,
    revokeWITAuthority: noWit,
  };
}
