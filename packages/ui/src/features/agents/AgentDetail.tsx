import { type Agent, AgentState, type GetAgentResponse, Severity } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  CommandBox,
  CopyButton,
  formatCount,
  Mono,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  Tooltip,
} from '../../components/index.ts';
import { Renewed, Version } from './columns.tsx';
import { LifeBar } from './LifeBar.tsx';

interface Props {
  agent: Agent;
  /** Undefined: being read. */
  found: GetAgentResponse | undefined;
}

/** Everything that can be known of an agent, and why of the rest. */
export function AgentDetail({ agent, found }: Props) {
  return (
    <>
      {agent.state !== AgentState.ATTESTED && <p className="small">{proseText(agent.stateReason)}</p>}
      {found && found.warnings.length > 0 && (
        <ul className="stack agent-warnings" aria-label="Warnings">
          {found.warnings.map((warning) => (
            <li key={warning.code} className={`agent-warning ${WARNING[warning.severity]}`}>
              {proseText(warning.text)}
            </li>
          ))}
        </ul>
      )}
      <dl className="facts">
        <dt>Attested by</dt>
        <dd>
          <Mono>{agent.attestationType}</Mono>
        </dd>
        <dt>Attests again</dt>
        <dd>
          {agent.canReattest
            ? 'by itself'
            : (REATTEST[agent.attestationType] ?? 'only after its row is evicted')}
        </dd>
        <dt>SVID expires</dt>
        <dd>
          <TimeAgo at={toDate(agent.expiresAt)} none="unknown" />
          <LifeBar passed={found?.lifePassed} />
        </dd>
        <dt>Last renewed</dt>
        <dd>
          <Renewed agent={agent} />
          <div className="small">
            {found?.watchedSince || agent.knownSince ? (
              <>
                Watched since <TimeAgo at={toDate(agent.knownSince ?? found?.watchedSince)} />. SPIRE does not
                say when an agent was last seen; a new SVID between two readings is the nearest to it.
              </>
            ) : (
              'SPIRE does not say when an agent was last seen.'
            )}
          </div>
        </dd>
        <dt>SVID serial</dt>
        <dd className="copy-line">
          {agent.serialNumber ? (
            <>
              <Mono>{agent.serialNumber}</Mono>
              <CopyButton text={agent.serialNumber} label="Copy serial number" />
            </>
          ) : (
            'none: a ban takes it away'
          )}
        </dd>
        <dt>Version</dt>
        <dd>
          <Version agent={agent} />
        </dd>
        <dt>Serves</dt>
        <dd>
          <Served agent={agent} found={found} />
        </dd>
        <dt>Selectors</dt>
        <dd>
          {agent.selectors.length === 0
            ? 'none'
            : agent.selectors.map(({ type, value }) => (
                <div key={`${type}:${value}`} className="agent-selector">
                  <Mono>{`${type}:${value}`}</Mono>
                </div>
              ))}
        </dd>
      </dl>
      {found && found.aliases.length > 0 && <Aliases found={found} />}
      <nav className="agent-links" aria-label="More of this agent">
        <Link to="/entries" search={{ parent: agent.id }}>
          Entries under it
        </Link>
        <Link to="/history" search={{ target: agent.id }}>
          History
        </Link>
        <Link to="/expiry" search={{ kind: 'agent' }}>
          Expiry of agents
        </Link>
      </nav>
      {found?.command && (
        <section>
          <h3>The same on the command line</h3>
          <CommandBox command={found.command} />
        </section>
      )}
    </>
  );
}

const WARNING: Record<Severity, string> = {
  [Severity.UNSPECIFIED]: '',
  [Severity.INFO]: '',
  [Severity.WARNING]: 'warn',
  [Severity.DANGER]: 'danger',
};

const REATTEST: Record<string, string> = {
  join_token: 'no: its join token is used up, and a new one makes a new agent',
};

function Served({ agent, found }: Props) {
  if (!found) return <>{formatCount(agent.entries)} directly under it</>;
  if (found.served === 0n) return <>no entries</>;
  const through = found.served - agent.entries;
  return (
    <>
      <div>
        {formatCount(found.served)} {found.served === 1n ? 'entry' : 'entries'}
        {': '}
        {agent.entries > 0n ? (
          <Link to="/entries" search={{ parent: agent.id }}>
            {formatCount(agent.entries)} directly under it
          </Link>
        ) : (
          'none directly under it'
        )}
        {through > 0n && <>, {formatCount(through)} through other entries</>}
      </div>
      <div className="small">
        {found.onlyHere === 0n
          ? 'None depends on this agent alone.'
          : `${formatCount(found.onlyHere)} of them no other agent with a valid SVID could serve.`}
      </div>
    </>
  );
}

/** Entries of nodes it belongs to. */
function Aliases({ found }: { found: GetAgentResponse }) {
  return (
    <section className="stack">
      <h3>
        <Tooltip content="Entries whose parent is the server and whose selectors this agent has: it serves what is under them.">
          <span tabIndex={0}>Node aliases</span>
        </Tooltip>
      </h3>
      <ul className="agent-aliases">
        {found.aliases.map((alias) => (
          <li key={alias.entryId}>
            <SpiffeIdText id={alias.spiffeId} bare />
            <span className="small">
              {alias.entries > 0n ? (
                <Link to="/entries" search={{ parent: alias.spiffeId }}>
                  {formatCount(alias.entries)} {alias.entries === 1n ? 'entry' : 'entries'}
                </Link>
              ) : (
                'no entries'
              )}
              {' · '}
              {alias.agents === 1n ? 'this agent only' : `${formatCount(alias.agents)} agents`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
