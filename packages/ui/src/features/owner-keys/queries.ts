import { type Channel, GroupService, KeyService } from '@muster/api';
import { useMutation, useQuery } from '@connectrpc/connect-query';

export const useOwnerKeys = () => useQuery(KeyService.method.listOwnerKeys, {});

/** Nothing of it is kept: the file is saved at once, and the answer forgotten. */
export const useExport = () => useMutation(KeyService.method.exportOwnerKey, { gcTime: 0 });

/** Channels whose owner’s key is here: those that a grant can be signed for. */
export function useGrantable(): { channels: readonly Channel[]; pending: boolean } {
  const list = useQuery(GroupService.method.listChannels, {});
  return {
    channels: list.data?.channels.filter(({ ownedByUs }) => ownedByUs) ?? [],
    pending: list.isPending,
  };
}
