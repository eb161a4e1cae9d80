import { escapeText } from '@muster/domain/display';
import type { Agent } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  CopyButton,
  DetailPanel,
  formatCount,
  Mono,
  SpiffeIdText,
  TimeAgo,
  toDate,
  Chip,
  NameText,
  proseText,
} from '../../components/index.ts';
import { agentState } from './state.ts';

export function AgentDetail({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const { tone, word, reason } = agentState(agent, Date.now());
  return (
    <DetailPanel
      kind={`Agent · ${escapeText(agent.connection)}`}
      title={<SpiffeIdText id={agent.id} copy whole />}
      state={
        <Chip tone={tone} reason={reason}>
          {word}
        </Chip>
      }
      onClose={onClose}
    >
      <p className="small">{proseText(reason)}</p>
      <dl className="facts">
        <dt>Attested by</dt>
        <dd>
          <Mono>{agent.attestationType}</Mono>
        </dd>
        <dt>Attests again</dt>
        <dd>{agent.canReattest ? 'by itself' : 'only with a new join token'}</dd>
        <dt>SVID expires</dt>
        <dd>
          <TimeAgo at={toDate(agent.expiresAt)} />
        </dd>
        <dt>SVID serial</dt>
        <dd className="copy-line">
          <Mono>{agent.serialNumber}</Mono>
          {agent.serialNumber && <CopyButton text={agent.serialNumber} label="Copy serial number" />}
        </dd>
        <dt>Version</dt>
        <dd>{agent.version ? <NameText name={agent.version} /> : 'unknown: the server did not say'}</dd>
        <dt>Selectors</dt>
        <dd>
          {agent.selectors.length === 0
            ? 'none'
            : agent.selectors.map(({ type, value }) => (
                <div key={`${type}:${value}`}>
                  <Mono>{`${type}:${value}`}</Mono>
                </div>
              ))}
        </dd>
        <dt>Entries</dt>
        <dd>
          {agent.entries > 0n ? (
            <Link to="/entries" search={{ parent: agent.id }}>
              {formatCount(agent.entries)} under it
            </Link>
          ) : (
            'none directly under it'
          )}
        </dd>
      </dl>
    </DetailPanel>
  );
}
