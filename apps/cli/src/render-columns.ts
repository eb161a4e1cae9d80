/** What a person compares in a list; other types show every column that has something in it. */
export const columns: Readonly<Record<string, readonly string[]>> = {
  'muster.v1.Entry': ['spiffe_id', 'parent_id', 'selectors', 'state', 'expires_at', 'id'],
  'muster.v1.Agent': ['id', 'state', 'attestation_type', 'expires_at', 'renewed_at', 'entries', 'version'],
  'muster.v1.JoinToken': ['ending', 'connection', 'state', 'alias', 'created_at', 'expires_at', 'agent'],
  'muster.v1.Bundle': [
    'trust_domain',
    'connection',
    'own',
    'x509_authorities',
    'jwt_authorities',
    'sequence_number',
  ],
  'muster.v1.Channel': [
    'name',
    'connection',
    'managed_by',
    'mls',
    'members',
    'online',
    'session',
    'expires_at',
    'owner_alias',
    'owner',
    'locked_reason',
  ],
  'muster.v1.Connection': ['name', 'kind', 'address', 'state', 'trust_domain', 'description', 'reason'],
  'muster.v1.GetOverviewResponse.TrustDomain': [
    'name',
    'entries',
    'entries_expiring',
    'agents',
    'agents_expired',
    'agents_banned',
    'federates_with',
    'x509_authority_expires_at',
  ],
  'muster.v1.X509Svid': ['spiffe_id', 'connection', 'hint', 'expires_at', 'rotations'],
};
/**
 * Lists inside the rows of a list that a number of them would not tell: shown as a table of their own, each row
 * led by what its outer row is known by. No columns: every one that has something in it.
 */
export const inner: Readonly<Record<string, { of: readonly string[]; columns?: readonly string[] }>> = {
  'muster.v1.Authority': {
    of: ['connection', 'kind'],
    columns: ['slot', 'id', 'not_before', 'expires_at', 'in_bundle', 'tainted', 'svids', 'note'],
  },
  'muster.v1.RotationStep': {
    of: ['connection', 'kind'],
    columns: ['action', 'state', 'possible', 'safe', 'authority_id'],
  },
  'muster.v1.Remedy': { of: ['connection', 'peer', 'code'], columns: ['title', 'action', 'input_json'] },
  'muster.v1.FieldDifference': { of: ['target', 'seen_at'] },
  'muster.v1.NetworkCapability': { of: ['connection'] },
  'muster.v1.NodeEndpoint': { of: ['connection', 'id'] },
  'muster.v1.TopologyLink': { of: ['connection', 'name'] },
  // Of members, requests for an approval, nodes, and whatever else has some.
  'muster.v1.Warning': {
    of: ['connection', 'id', 'channel', 'invitee', 'name', 'instance'],
    columns: ['severity', 'text'],
  },
  'muster.v1.Bundle.X509Authority': {
    of: ['trust_domain', 'connection'],
    columns: ['subject', 'fingerprint', 'not_after', 'key_type', 'tainted', 'problem'],
  },
  'muster.v1.Bundle.JwtAuthority': {
    of: ['trust_domain', 'connection'],
    columns: ['key_id', 'key_type', 'expires_at', 'tainted', 'problem'],
  },
};
