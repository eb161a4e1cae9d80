import { createContextKey } from '@connectrpc/connect';

/** Roles, each able to do what those before it can; deny by default. */
export const ROLES = ['viewer', 'moderator', 'operator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls: known from the verified session, never from what the request says of itself. */
export interface Caller {
  /** First 8 bytes of the session id, hex. */
  session: string;
  client: 'browser' | 'desktop' | 'cli';
  role: Role;
}

const nobody: Caller = { session: '', client: 'browser', role: 'viewer' };

/** Set by the RPC front after it has verified a request; the default may do nothing but read. */
export const callerKey = createContextKey<Caller>(nobody, { description: 'caller' });
