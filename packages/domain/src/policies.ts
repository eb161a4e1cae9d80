import type { Certificate } from './certificate.ts';
import { isSelfIssued } from './certificate.ts';

const ANY_POLICY = '2.5.29.32.0';

/** Valid policies of one depth of the tree, each with the policies that the next certificate may assert under it. */
type Nodes = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Certificate policies along a path (RFC 5280 6.1.3 d–f, 6.1.4 a, b, h–j, 6.1.5 a, b, g), with any policy wanted and
 * nothing inhibited at the start. Only whether the tree is empty matters then, so one depth of it is kept. `path` runs
 * from the leaf to the authority, which RFC 5280 6.1 leaves out. Answers the index of the certificate at which the
 * rules break, or undefined; nothing can break unless a certificate requires explicit policies or maps any policy.
 */
export function policyProblem(path: readonly Certificate[]): number | undefined {
  const signed = path.slice(0, -1);
  if (!signed.some(({ extensions }) => extensions.policyConstraints || extensions.policyMappings))
    return undefined;
  let nodes: Nodes = new Map([[ANY_POLICY, new Set([ANY_POLICY])]]);
  // n + 1 means "never": one more than there are certificates to count down on.
  let [explicit, mapping, inhibitAny] = [signed.length + 1, signed.length + 1, signed.length + 1];
  for (let index = signed.length - 1; index >= 0; index--) {
    const certificate = signed[index];
    if (!certificate) continue;
    const { policies, policyConstraints, policyMappings, inhibitAnyPolicy } = certificate.extensions;
    const selfIssued = isSelfIssued(certificate);
    const anyCounts = inhibitAny > 0 || (index > 0 && selfIssued);
    nodes = policies ? below(nodes, policies, anyCounts) : new Map();
    if (explicit === 0 && nodes.size === 0) return index;
    if (index === 0) {
      const atEnd = policyConstraints?.requireExplicit === 0 ? 0 : Math.max(0, explicit - 1);
      return atEnd === 0 && nodes.size === 0 ? index : undefined;
    }
    const maps = policyMappings ?? [];
    if (maps.some((pair) => pair.includes(ANY_POLICY))) return index;
    nodes = mapped(nodes, maps, mapping > 0);
    if (!selfIssued) [explicit, mapping, inhibitAny] = [lower(explicit), lower(mapping), lower(inhibitAny)];
    explicit = Math.min(explicit, policyConstraints?.requireExplicit ?? explicit);
    mapping = Math.min(mapping, policyConstraints?.inhibitMapping ?? mapping);
    inhibitAny = Math.min(inhibitAny, inhibitAnyPolicy ?? inhibitAny);
  }
  return undefined;
}

function lower(count: number): number {
  return Math.max(0, count - 1);
}

/** 6.1.3 (d): what the policies of one certificate leave of the depth above. */
function below(nodes: Nodes, policies: readonly string[], anyCounts: boolean): Nodes {
  const next = new Map<string, ReadonlySet<string>>();
  const expected = new Set([...nodes.values()].flatMap((set) => [...set]));
  for (const policy of policies) {
    if (policy !== ANY_POLICY && (expected.has(policy) || nodes.has(ANY_POLICY)))
      next.set(policy, new Set([policy]));
  }
  if (policies.includes(ANY_POLICY) && anyCounts) {
    for (const policy of expected) if (!next.has(policy)) next.set(policy, new Set([policy]));
  }
  return next;
}

/** 6.1.4 (b): the names that the subject's domain has for the issuer's policies; removed where mapping is inhibited. */
function mapped(nodes: Nodes, maps: readonly (readonly [string, string])[], allowed: boolean): Nodes {
  if (maps.length === 0) return nodes;
  const next = new Map(nodes);
  for (const [issuer] of maps) {
    if (!allowed) next.delete(issuer);
    else if (nodes.has(issuer) || nodes.has(ANY_POLICY))
      next.set(issuer, new Set(maps.filter(([from]) => from === issuer).map(([, to]) => to)));
  }
  return next;
}
