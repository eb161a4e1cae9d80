import type { Expiry } from '@muster/api';

export const rowKey = (row: Expiry): string =>
  `${row.kind} ${row.connection} ${row.name} ${row.link} ${row.expiresAt?.seconds ?? ''}`;
