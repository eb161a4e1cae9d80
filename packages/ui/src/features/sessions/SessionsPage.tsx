import { errorWords, useToast } from '../../components/index.ts';
import { useConsole } from '../../session/SessionContext.ts';
import { useSessionChanges, useSessions } from './queries.ts';
import { SessionsView } from './SessionsView.tsx';

export function SessionsPage() {
  const list = useSessions();
  const { session } = useConsole();
  const { end, endOthers, createLink } = useSessionChanges();
  const toast = useToast();
  const onError = (error: unknown) => toast(errorWords(error).why, 'bad');
  return (
    <SessionsView
      list={list.data}
      error={list.data ? undefined : list.error}
      retry={() => void list.refetch()}
      link={createLink.data}
      busy={end.isPending || endOthers.isPending || createLink.isPending}
      onSignOut={() => void session.signOut()}
      onEnd={(name) => end.mutate({ name }, { onError, onSuccess: () => toast('The session was ended.') })}
      onEndOthers={() =>
        endOthers.mutate(
          {},
          {
            onError,
            onSuccess: ({ ended }) => toast(`${ended} session${ended === 1 ? ' was' : 's were'} ended.`),
          },
        )
      }
      onCreateLink={() => createLink.mutate({}, { onError })}
      onForgetLink={() => createLink.reset()}
    />
  );
}
