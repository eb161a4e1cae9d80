import { useNavigate, useSearch } from '@tanstack/react-router';
import { errorWords, useToast } from '../../components/index.ts';
import { ConnectionsView } from './ConnectionsView.tsx';
import { useConnections, useRetry } from './queries.ts';

export function ConnectionsPage() {
  const { name } = useSearch({ from: '/connections' });
  const navigate = useNavigate({ from: '/connections' });
  const list = useConnections();
  const retry = useRetry();
  const toast = useToast();
  return (
    <ConnectionsView
      list={list.data}
      error={list.data ? undefined : list.error}
      reload={() => void list.refetch()}
      selected={name}
      retrying={retry.isPending ? retry.variables?.name : undefined}
      onOpen={(next) => void navigate({ search: (old) => ({ ...old, name: next }) })}
      onRetry={(which) =>
        retry.mutate(
          { name: which },
          {
            onSuccess: () => toast(`${which} is being tried again.`),
            onError: (error) => toast(`${which}: ${errorWords(error).why}`, 'bad'),
          },
        )
      }
    />
  );
}
