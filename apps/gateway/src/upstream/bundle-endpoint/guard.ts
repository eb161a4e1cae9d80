import { isIP } from 'node:net';
import { refusedAddress } from './address.ts';
import { EndpointError } from './endpoint-error.ts';

/** Time for a whole probe, redirects included. */
export const deadlineMs = 10_000;
export const tooSlow = `It did not answer within ${deadlineMs / 1000} s.`;

export interface GuardOptions {
  /** Address ranges that may be asked although they are private. */
  allow: readonly string[];
  /** Addresses of a host name. */
  resolve: (host: string) => Promise<readonly string[]>;
  /** In specs only: a shorter time for the whole probe, ms. */
  deadline?: number;
}

/** The one way to an endpoint that a person names (S-15): an address that was resolved once and may be asked. */
export async function checkedAddress(
  host: string,
  options: GuardOptions,
  signal: AbortSignal,
): Promise<string> {
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await Promise.race([options.resolve(host), aborted(signal)]) : [host];
  } catch {
    throw new EndpointError(
      'network',
      signal.aborted ? tooSlow : `The host name ${host} cannot be resolved.`,
    );
  }
  const [first] = addresses;
  if (first === undefined) throw new EndpointError('network', `The host name ${host} has no address.`);
  for (const address of addresses) {
    const why = refusedAddress(address, options.allow);
    // One of several is enough: which one a connection takes is nothing to rely on.
    if (why !== '')
      throw new EndpointError(
        'policy',
        `${host} leads to ${why}, which this gateway does not ask. Add its range to \`probe.allow\` in muster.yaml to permit it.`,
      );
  }
  return first;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(new Error('aborted'));
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}
