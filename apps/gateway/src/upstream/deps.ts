import type { Connection } from '@muster/api';
import type { RetryLimits } from './link.ts';

/** What every connection is given. */
export interface ConnectionDeps {
  practice: boolean;
  now: () => Date;
  limits?: Partial<RetryLimits>;
  onChange: (connection: Connection) => void;
}
