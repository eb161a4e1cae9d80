import { type ImportFormat, type ImportMode, ImportService, type ImportVerb } from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

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
