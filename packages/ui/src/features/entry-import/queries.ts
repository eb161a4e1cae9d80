import {
  ConnectionKind,
  ConnectionService,
  type ImportFormat,
  type ImportMode,
  ImportService,
  type ImportVerb,
} from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

export interface Server {
  name: string;
  trustDomain: string;
  /** Why nothing can be imported there; undefined when it can. */
  problem: string | undefined;
}

/** SPIRE servers that a file can be imported to. */
export function useServers(): readonly Server[] | undefined {
  const { data } = useQuery(ConnectionService.method.listConnections, {});
  return data?.connections
    .filter((one) => one.kind === ConnectionKind.SPIRE_SERVER)
    .map(({ name, trustDomain, capabilities }) => {
      const write = capabilities.find((capability) => capability.name === 'entries.write');
      const problem =
        write && !write.available ? write.reason || 'This server does not let us change entries.' : undefined;
      return { name, trustDomain, problem };
    });
}

export interface PreviewRequest {
  connection: string;
  format: ImportFormat;
  text: string;
  mode: ImportMode;
  verb: ImportVerb;
}

/** Rows of one answer; a file may have more, and those with mistakes can be asked for alone. */
export const PREVIEW_ROWS = 1000;

/** What a file would do, row by row; nothing is asked while there is no text. */
export function usePreview(request: PreviewRequest | undefined) {
  return useQuery(
    ImportService.method.previewImport,
    request ? { ...request, page: { limit: PREVIEW_ROWS } } : skipToken,
    // Megabytes of text are its key: they must not be kept for what was typed before.
    { gcTime: 0, retry: false, placeholderData: keepPreviousData, refetchOnWindowFocus: false },
  );
}
