import type { Member } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Chip,
  formatCount,
  NameText,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  WarningNote,
} from '../../components/index.ts';
import { identityWords } from './identity.ts';

/** Who stands behind a member, by the rules of the configuration. */
export function MemberIdentityFacts({ member }: { readonly member: Member }) {
  const { identity } = member;
  const words = identityWords(identity);
  const expires = toDate(identity?.expiresAt);
  return (
    <section className="member-facts" aria-label="Identity">
      <h3>
        Identity{' '}
        <Chip tone={words.tone} reason={words.reason}>
          {words.label}
        </Chip>
      </h3>
      {identity && identity.reason !== '' && <p className="groups-small">{proseText(identity.reason)}</p>}
      {identity && identity.spiffeId !== '' && (
        <dl>
          <dt>SPIFFE ID</dt>
          <dd>
            <SpiffeIdText id={identity.spiffeId} copy whole />
          </dd>
          <dt>Entry</dt>
          <dd>
            {identity.entryId === '' ? (
              <span className="groups-muted">none</span>
            ) : (
              <Link to="/entries" search={{ id: `${identity.connection}/${identity.entryId}` }}>
                on <NameText name={identity.connection} />
              </Link>
            )}
          </dd>
          {identity.agentId !== '' && (
            <>
              <dt>Agent</dt>
              <dd>
                <Link to="/agents" search={{ id: identity.agentId, on: identity.connection }}>
                  <NameText mono name={identity.agentId.replace(/^spiffe:\/\/[^/]+/u, '')} />
                </Link>
              </dd>
            </>
          )}
          <dt>X.509-SVID</dt>
          <dd>
            {expires ? (
              <>
                expires <TimeAgo at={expires} />
                <span className="groups-muted">, as our Workload API was given it</span>
              </>
            ) : (
              <span className="groups-muted">not seen: no Workload API here is given it</span>
            )}
          </dd>
          <dt>By the rule</dt>
          <dd>
            <NameText mono name={identity.rule} />
          </dd>
        </dl>
      )}
    </section>
  );
}

/** Where a member is, and how it is reached. */
export function MemberPlace({ member }: { readonly member: Member }) {
  const { node, domain, controlPlane, routes, nodeReason, name, instance, warnings } = member;
  return (
    <section className="member-facts" aria-label="Place">
      <h3>Place</h3>
      <dl>
        <dt>Node</dt>
        <dd>
          {node === '' ? (
            <span className="groups-muted">not known. {proseText(nodeReason)}</span>
          ) : (
            <Link to="/network" search={{ tab: 'nodes', open: 'node', id: node, on: controlPlane }}>
              <NameText mono name={node} />
            </Link>
          )}
        </dd>
        {domain !== '' && (
          <>
            <dt>Domain</dt>
            <dd>
              <NameText mono name={domain} />
            </dd>
          </>
        )}
        {controlPlane !== '' && (
          <>
            <dt>Routes to it</dt>
            <dd>
              <Link to="/network" search={{ tab: 'routes', q: instance || name, cp: controlPlane }}>
                {routes === 0 ? 'none of other nodes' : `${formatCount(routes)} of other nodes`}
              </Link>
            </dd>
          </>
        )}
      </dl>
      {warnings.map((warning) => (
        <WarningNote key={warning.code} warning={warning} />
      ))}
    </section>
  );
}
