import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import type { AuthorityState } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import type { Calling } from './calling.ts';

/** The two kinds of keys that a SPIRE server signs with; they answer alike. WIT authorities are not implemented by 1.15. */
export type LocalKind = 'x509' | 'jwt';

/** One local authority, as plain data. */
export interface SlotRow {
  /** X.509: subject key identifier in lower-case hex; JWT: key id. */
  id: string;
  /** Unix seconds; 0: not told. */
  expiresAt: bigint;
  /** Subject key identifier of the upstream authority that signed it, hex; empty: it signed itself. */
  upstream: string;
}

/** Which authority is in which slot. Tells neither taint nor revocation: those show in the bundle only. */
export interface SlotsRow {
  active: SlotRow | undefined;
  prepared: SlotRow | undefined;
  old: SlotRow | undefined;
}

/** Local authorities: prepared, active, old. Each call acts on the server it reaches, not on others of a cluster. Throws `Fault`. */
export class AuthorityCalls {
  readonly #authorities: Client<typeof LocalAuthority>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#authorities = createClient(LocalAuthority, transport);
    this.#call = call;
  }

  async slots(kind: LocalKind, options?: CallOptions): Promise<SlotsRow> {
    const state = await this.#call(async () =>
      kind === 'x509'
        ? await this.#authorities.getX509AuthorityState({}, options)
        : await this.#authorities.getJWTAuthorityState({}, options),
    );
    return { active: row(state.active), prepared: row(state.prepared), old: row(state.old) };
  }

  /** Makes the next one and publishes it; overwrites one that is prepared or old already. */
  async prepare(kind: LocalKind): Promise<SlotRow | undefined> {
    const { preparedAuthority } = await this.#call(async () =>
      kind === 'x509'
        ? await this.#authorities.prepareX509Authority({})
        : await this.#authorities.prepareJWTAuthority({}),
    );
    return row(preparedAuthority);
  }

  async activate(kind: LocalKind, authorityId: string): Promise<void> {
    await this.#call<unknown>(() =>
      kind === 'x509'
        ? this.#authorities.activateX509Authority({ authorityId })
        : this.#authorities.activateJWTAuthority({ authorityId }),
    );
  }

  async taint(kind: LocalKind, authorityId: string): Promise<void> {
    await this.#call<unknown>(() =>
      kind === 'x509'
        ? this.#authorities.taintX509Authority({ authorityId })
        : this.#authorities.taintJWTAuthority({ authorityId }),
    );
  }

  async revoke(kind: LocalKind, authorityId: string): Promise<void> {
    await this.#call<unknown>(() =>
      kind === 'x509'
        ? this.#authorities.revokeX509Authority({ authorityId })
        : this.#authorities.revokeJWTAuthority({ authorityId }),
    );
  }

  async taintUpstream(subjectKeyId: string): Promise<void> {
    await this.#call(() => this.#authorities.taintX509UpstreamAuthority({ subjectKeyId }));
  }

  async revokeUpstream(subjectKeyId: string): Promise<void> {
    await this.#call(() => this.#authorities.revokeX509UpstreamAuthority({ subjectKeyId }));
  }
}

function row(state: AuthorityState | undefined): SlotRow | undefined {
  return (
    state && {
      id: state.authorityId,
      expiresAt: state.expiresAt,
      upstream: state.upstreamAuthoritySubjectKeyId,
    }
  );
}
