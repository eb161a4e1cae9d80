import { X509Certificate } from 'node:crypto';
import type { Inventory } from '../inventory/inventory.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { LintFacts } from './rules.ts';

/** What the rules need to know of a server, as it was read last. */
export function lintFacts(inventory: Inventory, connection: SpireConnection, now: Date): LintFacts {
  const { ownBundle, link, config } = connection;
  const seconds = Math.floor(now.getTime() / 1000);
  const own = link.trustDomain || (config.trustDomain ?? '');
  // Of the authority that lives longest: the server makes the next one like it.
  const life = (ownBundle?.x509 ?? []).reduce((most, { der }) => {
    try {
      const { validFromDate, validToDate } = new X509Certificate(der);
      return Math.max(most, (validToDate.getTime() - validFromDate.getTime()) / 1000);
    } catch {
      return most;
    }
  }, 0);
  // Before the first reading of bundles nothing is known to be missing.
  const known = ownBundle !== undefined && inventory.feedState(link.name)?.asOf !== undefined;
  return {
    now: seconds,
    bundles: known ? [own, ...inventory.federatedNames(link.name)] : undefined,
    authorityLife: Math.floor(life),
  };
}
