import { ApprovalState, KeyService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';
import { toDate } from '../../components/index.ts';

const { listApprovals, listOwnerKeys } = KeyService.method;

/** News is told at once; this is for news that was missed. Milliseconds. */
const AGAIN = { refetchInterval: 10_000 };
/** The gateway keeps 500. */
const MOST = 500;
const DECIDED = [ApprovalState.APPROVED, ApprovalState.DENIED, ApprovalState.EXPIRED];

/** Requests that wait for an answer; whether any can come. `ahead`: how far the gateway's clock is ahead of ours, ms. */
export function useWaiting() {
  const found = useQuery(
    listApprovals,
    { states: [ApprovalState.WAITING], page: { limit: MOST } },
    { ...AGAIN },
  );
  const asOf = toDate(found.data?.asOf)?.getTime();
  return { ...found, ahead: asOf === undefined ? 0 : asOf - found.dataUpdatedAt };
}

/** What was decided, newest first. */
export const useDecided = (search: string, state: ApprovalState | undefined) =>
  useQuery(
    listApprovals,
    { states: state === undefined ? DECIDED : [state], search, page: { limit: MOST } },
    { ...AGAIN, placeholderData: keepPreviousData },
  );

/** One request, waiting or decided. */
export function useApproval(id: string) {
  const found = useQuery(listApprovals, { id });
  const asOf = toDate(found.data?.asOf)?.getTime();
  return {
    approval: found.data?.approvals[0],
    ahead: asOf === undefined ? 0 : asOf - found.dataUpdatedAt,
    loading: found.isPending,
    error: found.data ? undefined : found.error,
    retry: () => void found.refetch(),
  };
}

/** Keys that could sign. */
export function useSigners(enabled: boolean) {
  const found = useQuery(listOwnerKeys, {}, { enabled });
  return found.data?.keys.filter(({ lockedReason }) => lockedReason === '');
}
