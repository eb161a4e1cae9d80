import { create } from '@bufbuild/protobuf';
import { GetOverviewResponse_AttentionSchema, Severity } from '@muster/api';
import type { GetOverviewResponse_Attention } from '@muster/api';
import { bundleKeys } from '../authorities/bundle-keys.ts';
import { joinAuthorities, kindNames } from '../authorities/join.ts';
import { standing } from '../authorities/standing.ts';
import { localKinds } from '../authorities/watch.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { authorityExpiry } from './bundle-facts.ts';
import type { ViewContext } from './context.ts';

function attend(
  severity: Severity,
  title: string,
  detail: string,
  link: string,
): GetOverviewResponse_Attention {
  return create(GetOverviewResponse_AttentionSchema, { severity, title, detail, link });
}

/** What about a server's authorities needs a person; by what was seen last, nothing is asked. `now` is Unix seconds. */
export function authorityAttention(
  context: ViewContext,
  connection: SpireConnection,
  now: bigint,
): GetOverviewResponse_Attention[] {
  const bundle = connection.ownBundle;
  if (!bundle) return [];
  const { name } = connection.link;
  const out: GetOverviewResponse_Attention[] = [];
  for (const kind of localKinds) {
    const link = `/authorities?at=${name}/${kind}`;
    const keys = bundleKeys(bundle, kind);
    const look = context.authorities.last(name, kind);
    if (look) {
      const authorities = joinAuthorities(kind, look.slots, keys, now);
      const { severity, summary } = standing({ kind, now, authorities });
      if (severity >= Severity.WARNING)
        out.push(attend(severity, `${kindNames[kind]} authorities of ${bundle.trustDomain}`, summary, link));
      continue;
    }
    const tainted = keys.filter((one) => one.tainted).length;
    if (tainted > 0)
      out.push(
        attend(
          Severity.WARNING,
          `${bundle.trustDomain} has ${tainted} tainted ${kindNames[kind]} ${tainted === 1 ? 'authority' : 'authorities'}`,
          'Workloads are being moved off it; revoke it when they are.',
          link,
        ),
      );
  }
  const expires = authorityExpiry(bundle);
  if (expires !== 0n && expires <= now)
    out.push(
      attend(
        Severity.DANGER,
        `Every X.509 authority of ${bundle.trustDomain} has expired`,
        `As ${name} has them: no SVID it signed can be verified.`,
        `/authorities?at=${name}/x509`,
      ),
    );
  return out;
}

/** Entries that expire within a day. */
export function dueAttention(entries: number): GetOverviewResponse_Attention[] {
  return entries === 0
    ? []
    : [
        attend(
          Severity.WARNING,
          `${entries} ${entries === 1 ? 'entry expires' : 'entries expire'} within a day`,
          'SPIRE prunes them then, and their workloads get no new SVIDs.',
          '/expiry?kind=entry&within=86400',
        ),
      ];
}
