import type { FederationRelationship } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import {
  Button,
  Chip,
  CommandBox,
  CopyButton,
  DetailPanel,
  ErrorState,
  formatCount,
  formatSeconds,
  Mono,
  proseText,
  Skeleton,
  SpiffeIdText,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { Findings } from './Findings.tsx';
import { useDiagnosis } from './queries.ts';
import { keeping, PROFILE, type remedyPlan } from './state.ts';
import { StateChip } from './StateChip.tsx';

interface Props {
  relationship: FederationRelationship;
  /** Endpoints are asked as well. */
  probe: boolean;
  onProbe: () => void;
  onClose: () => void;
  onTask: (task: 'new' | 'edit' | 'delete' | 'refresh') => void;
  onRemedy: (plan: NonNullable<ReturnType<typeof remedyPlan>>) => void;
}

/** One server's way to one peer: settings, what the doctor says, what can be done. */
export function RelationshipDetail({ relationship, probe, onProbe, onClose, onTask, onRemedy }: Props) {
  const { connection, peer, hasRelationship, hasBundle, peerConnection } = relationship;
  const found = useDiagnosis(connection, peer, probe);
  const kept = keeping(relationship);
  const asked = found.data?.probes[0];
  const asking = probe && found.isFetching;
  const none = hasRelationship ? undefined : 'There is no relationship; create it first.';
  return (
    <DetailPanel
      kind={`Federation · ${escapeText(connection)} trusts`}
      title={<TrustDomainTag name={peer} />}
      state={
        <span className="row">
          <StateChip one={relationship} />
          <Chip tone={kept.tone === 'ok' ? 'info' : kept.tone} reason={kept.reason}>
            {kept.word}
          </Chip>
        </span>
      }
      onClose={onClose}
      actions={
        <>
          {hasRelationship ? (
            <Button
              onClick={() => onTask('refresh')}
              disabledReason={
                !hasBundle && PROFILE[relationship.profile] === 'https_spiffe'
                  ? 'Over https_spiffe the server needs a bundle to begin with: set it first.'
                  : undefined
              }
            >
              Refresh…
            </Button>
          ) : (
            <Button variant="primary" onClick={() => onTask('new')}>
              Create relationship…
            </Button>
          )}
          <Button disabledReason={none} onClick={() => onTask('edit')}>
            Edit…
          </Button>
          <span className="grow" />
          <Button className="btn-delete" disabledReason={none} onClick={() => onTask('delete')}>
            Delete…
          </Button>
        </>
      }
    >
      <dl className="facts">
        <dt>Endpoint</dt>
        <dd>
          {relationship.bundleEndpointUrl ? (
            <span className="copy-line">
              <Mono>{relationship.bundleEndpointUrl}</Mono>
              <CopyButton text={relationship.bundleEndpointUrl} label="Copy URL" />
            </span>
          ) : (
            'none: nothing refreshes the copy'
          )}
        </dd>
        {hasRelationship && (
          <>
            <dt>Profile</dt>
            <dd>{PROFILE[relationship.profile]}</dd>
          </>
        )}
        {relationship.endpointSpiffeId && (
          <>
            <dt>Endpoint ID</dt>
            <dd>
              <SpiffeIdText id={relationship.endpointSpiffeId} copy whole />
            </dd>
          </>
        )}
        <dt>Bundle</dt>
        <dd>
          {hasBundle ? (
            <Link to="/trust-domains" search={{ name: `${connection}/${peer}` }}>
              {relationship.x509Authorities} X.509, {relationship.jwtAuthorities} JWT
            </Link>
          ) : (
            'not here'
          )}
        </dd>
        {hasBundle && (
          <>
            <dt>Refresh hint</dt>
            <dd>
              {relationship.refreshHint > 0n ? formatSeconds(Number(relationship.refreshHint)) : 'not set'}
            </dd>
            <dt>Keys changed</dt>
            <dd>
              <TimeAgo
                at={toDate(relationship.bundleChangedAt)}
                none="not since this gateway first read it"
              />
            </dd>
            <dt>Last fetched</dt>
            <dd className="small">unknown: the server’s API records no such time</dd>
          </>
        )}
        <dt>Its server</dt>
        <dd>
          {peerConnection ? (
            <Link to="/connections" search={{ name: peerConnection }}>
              {escapeText(peerConnection)}, connected here
            </Link>
          ) : (
            'not connected here, so its own keys are not known'
          )}
        </dd>
        <dt>Entries</dt>
        <dd>
          {relationship.entries > 0n ? (
            <Link to="/entries" search={{ fed: peer, td: relationship.trustDomain }}>
              {formatCount(relationship.entries)} federate with it
            </Link>
          ) : (
            'none federate with it: no workload accepts its SVIDs yet'
          )}
        </dd>
      </dl>
      <section className="stack" aria-label="Doctor">
        <div className="row">
          <h3 className="grow">Doctor</h3>
          <Button
            small
            busy={asking}
            disabledReason={hasRelationship ? undefined : 'There is no endpoint to ask.'}
            onClick={probe ? () => void found.refetch() : onProbe}
          >
            {probe ? 'Ask the endpoint again' : 'Ask the endpoint'}
          </Button>
        </div>
        {found.error && !found.data && <ErrorState error={found.error} retry={() => void found.refetch()} />}
        {!found.data && !found.error && <Skeleton rows={2} />}
        {asked && (
          <p className="small" role="status">
            {asked.problem ? (
              <>
                The endpoint was asked <TimeAgo at={toDate(asked.at)} />: {proseText(asked.problem)}
              </>
            ) : (
              <>
                The endpoint answered <TimeAgo at={toDate(asked.at)} />
                {asked.presented && <> as {escapeText(asked.presented)}</>}: {asked.x509Authorities} X.509 and{' '}
                {asked.jwtAuthorities} JWT keys
                {asked.sequence && <>, sequence {escapeText(asked.sequence)}</>}
                {asked.refreshHint && <>, refresh hint {escapeText(asked.refreshHint)} s</>}.
              </>
            )}
          </p>
        )}
        {found.data?.findings.length === 0 && (
          <p>
            <Chip tone="ok" reason="The doctor finds nothing wrong.">
              nothing found
            </Chip>{' '}
            <span className="small">
              {probe
                ? 'The endpoint was asked as well.'
                : 'The endpoint was not asked; ask it to compare its keys too.'}
            </span>
          </p>
        )}
        {found.data && <Findings findings={found.data.findings} onRemedy={onRemedy} />}
      </section>
      {relationship.command && <CommandBox command={relationship.command} />}
    </DetailPanel>
  );
}
