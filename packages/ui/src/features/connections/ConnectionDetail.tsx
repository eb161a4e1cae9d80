import { type Capability, type Connection, ConnectionKind, ConnectionState } from '@muster/api';
import {
  Button,
  Chip,
  CopyButton,
  DetailPanel,
  Mono,
  proseText,
  TimeAgo,
  toDate,
  TrustDomainTag,
  NameText,
} from '../../components/index.ts';
import { CONNECTION_KIND, connectionState } from '../../connectionState.ts';
import { ServerSection } from './ServerSection.tsx';

interface Props {
  connection: Connection;
  retrying: boolean;
  onRetry: () => void;
  onClose: () => void;
}

export function ConnectionDetail({ connection, retrying, onRetry, onClose }: Props) {
  const { tone, word, reason } = connectionState(connection);
  const well = connection.state === ConnectionState.READY;
  const labels = Object.entries(connection.labels);
  return (
    <DetailPanel
      kind={`${CONNECTION_KIND[connection.kind]}${connection.practice ? ' · practice network' : ''}`}
      title={<NameText name={connection.name} />}
      state={
        <>
          <Chip tone={tone} reason={reason}>
            {word}
          </Chip>
          <span className="small">
            since <TimeAgo at={toDate(connection.since)} />
          </span>
        </>
      }
      actions={
        <Button
          busy={retrying}
          disabledReason={well ? 'It is ready: there is nothing to try again.' : undefined}
          onClick={onRetry}
        >
          Try again now
        </Button>
      }
      onClose={onClose}
    >
      {!well && (
        <p className={tone === 'bad' ? 'connection-why bad' : 'connection-why'}>{proseText(reason)}</p>
      )}
      <dl className="facts">
        <dt>Answers there</dt>
        <dd>{proseText(connection.description) || 'unknown until it answers'}</dd>
        <dt>Address</dt>
        <dd className="copy-line">
          <Mono>{connection.address}</Mono>
          <CopyButton text={connection.address} label="Copy address" />
        </dd>
        {connection.trustDomain && (
          <>
            <dt>Trust domain</dt>
            <dd>
              <TrustDomainTag name={connection.trustDomain} />
            </dd>
          </>
        )}
        {!well && (
          <>
            <dt>Next try</dt>
            <dd>
              <TimeAgo at={toDate(connection.nextTry)} none="not planned" />
            </dd>
            <dt>Failures</dt>
            <dd className="num">{connection.failures} in a row</dd>
          </>
        )}
        {labels.length > 0 && (
          <>
            <dt>Labels</dt>
            <dd>
              {labels.map(([name, value]) => (
                <div key={name}>
                  <Mono>{`${name}: ${value}`}</Mono>
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
      {connection.kind === ConnectionKind.SPIRE_SERVER &&
        (well || connection.state === ConnectionState.DEGRADED) && (
          <ServerSection
            key={connection.name}
            connection={connection.name}
            capabilities={connection.capabilities}
          />
        )}
      <section className="stack" aria-label="What it can do">
        <h3>What it can do</h3>
        {connection.capabilities.length === 0 && <p className="small">Known once it has answered.</p>}
        <ul className="capabilities">
          {connection.capabilities.map((capability) => (
            <CapabilityRow key={capability.name} capability={capability} />
          ))}
        </ul>
      </section>
    </DetailPanel>
  );
}

function CapabilityRow({ capability: { name, available, reason } }: { capability: Capability }) {
  const why = proseText(reason);
  return (
    <li>
      <Mono>{name}</Mono>
      <Chip
        tone={available ? 'ok' : 'unknown'}
        reason={available ? 'This server offers it.' : why || 'This server does not offer it.'}
      >
        {available ? 'yes' : 'no'}
      </Chip>
      {!available && why && <span className="small">{why}</span>}
    </li>
  );
}
