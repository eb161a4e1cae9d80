import type { ServiceImpl } from '@connectrpc/connect';
import type { InspectService } from '@muster/api';
import { getContext } from '../inspect/context.ts';
import { probeEndpoint } from '../inspect/probe.ts';
import type { ViewContext } from './context.ts';

/** What only the gateway can tell an inspector. */
export function inspectService(context: ViewContext): Partial<ServiceImpl<typeof InspectService>> {
  return {
    probeEndpoint: (request) => probeEndpoint(context, request),
    getContext: (request) => getContext(context, request),
  };
}
