import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { SessionService, signInLink } from '@muster/api';
import { callerKey } from '../caller.ts';
import { LIMITS, type Sessions } from './sessions.ts';

const REFUSED = {
  secret:
    'This sign-in code is not good: it was used, it is older than 60 s, or it is of another gateway. Get a fresh link with "muster open".',
  'too-many-sessions': `There are ${LIMITS.sessions} sessions with open windows already. Close a window, or end a session on the page Sessions.`,
} as const;

/** Signing in and out, over the contract. Only `open` comes without a session. */
export function sessionRoutes(sessions: Sessions, origin: () => string, version: string) {
  return (router: ConnectRouter) =>
    router.service(SessionService, {
      open(request) {
        const opened = sessions.open(request);
        if ('refused' in opened)
          throw new ConnectError(
            REFUSED[opened.refused],
            opened.refused === 'secret' ? Code.Unauthenticated : Code.ResourceExhausted,
          );
        return {
          sessionId: opened.session,
          proof: opened.proof,
          idleSeconds: opened.idleSeconds,
          rekeySeconds: LIMITS.rekeySeconds,
          gatewayVersion: version,
        };
      },
      rekey(request, context) {
        const generation = sessions.rekey(context.values.get(callerKey).session, request.nonce);
        if (generation === undefined)
          throw new ConnectError('The nonce must be 16 bytes.', Code.InvalidArgument);
        return { generation };
      },
      listSessions(_request, context) {
        const own = context.values.get(callerKey).session;
        return {
          limit: LIMITS.sessions,
          sessions: sessions.list().map((s) => ({
            name: s.name,
            client: s.client,
            openedAt: timestampFromDate(s.openedAt),
            lastUsedAt: timestampFromDate(s.lastUsedAt),
            windows: s.windows,
            current: s.name === own,
            endsAt: s.endsAt && timestampFromDate(s.endsAt),
          })),
        };
      },
      endSession(request, context) {
        const name = request.name || context.values.get(callerKey).session;
        if (!sessions.end(name)) throw new ConnectError('There is no such session any more.', Code.NotFound);
        return {};
      },
      endOtherSessions(_request, context) {
        return { ended: sessions.endOthers(context.values.get(callerKey).session) };
      },
      createLaunchLink() {
        const url = signInLink(origin(), sessions.createLaunchCode());
        return { url, expiresAt: timestampFromDate(new Date(Date.now() + 60_000)) };
      },
    });
}
