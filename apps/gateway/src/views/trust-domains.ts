import type { ServiceImpl } from '@connectrpc/connect';
import type { TrustDomainService } from '@muster/api';
import { authorities } from './authorities.ts';
import { bundles } from './bundles.ts';
import type { ViewContext } from './context.ts';
import { federation } from './federation.ts';

/** Bundles, federation and authorities; each in its own file. */
export function trustDomainService(context: ViewContext): Partial<ServiceImpl<typeof TrustDomainService>> {
  return { ...bundles(context), ...federation(context), ...authorities(context) };
}
