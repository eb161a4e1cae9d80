import { escapeText } from '@muster/domain/display';
import { type Entry, type GetEntryResponse, Severity } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Age,
  Chip,
  CommandBox,
  CopyButton,
  formatCount,
  formatSeconds,
  Mono,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  TrustDomainTag,
  useTicking,
} from '../../components/index.ts';
import { entryKey } from '../../routes.ts';
import { ENTRY_STATE } from './state.ts';

interface Props {
  found: GetEntryResponse;
  entry: Entry;
}

/** One registration entry: its state and why, what it touches, what does the same on the command line. */
export function EntryDetail({ found, entry }: Props) {
  const reason = proseText(entry.stateReason) || ENTRY_STATE[entry.state].reason;
  return (
    <>
      <p className="small">{reason}</p>
      {found.warnings.map((warning) => (
        <div
          key={warning.code + warning.text}
          className={warning.severity === Severity.DANGER ? 'plan-warning danger' : 'plan-warning'}
        >
          {proseText(warning.text)}
        </div>
      ))}
      <dl className="facts">
        <dt>Parent</dt>
        <dd>
          <Parent found={found} entry={entry} />
        </dd>
        <dt>Selectors</dt>
        <dd>
          {entry.selectors.map(({ type, value }) => (
            <div key={`${type}:${value}`}>
              <Mono>{`${type}:${value}`}</Mono>
            </div>
          ))}
        </dd>
        <dt>Federates with</dt>
        <dd className="row">
          {entry.federatesWith.length === 0
            ? 'none'
            : entry.federatesWith.map((name) => <TrustDomainTag key={name} name={name} />)}
        </dd>
        <dt>X.509-SVID TTL</dt>
        <dd>{ttl(entry.x509SvidTtl)}</dd>
        <dt>JWT-SVID TTL</dt>
        <dd>{ttl(entry.jwtSvidTtl)}</dd>
        <dt>Expires</dt>
        <dd>
          <TimeAgo at={toDate(entry.expiresAt)} none="never" />
        </dd>
        <dt>DNS names</dt>
        <dd>
          {entry.dnsNames.length
            ? entry.dnsNames.map((name) => (
                <div key={name}>
                  <Mono>{name}</Mono>
                </div>
              ))
            : 'none'}
        </dd>
        <Rights entry={entry} />
        {entry.hint && (
          <>
            <dt>Hint</dt>
            <dd>
              <Mono>{entry.hint}</Mono>
            </dd>
          </>
        )}
        <dt>Children</dt>
        <dd>
          {found.children > 0n ? (
            <Link to="/entries" search={{ parent: entry.spiffeId }}>
              {formatCount(found.children)} under it
            </Link>
          ) : (
            'none under it'
          )}
        </dd>
        <dt>Created</dt>
        <dd>
          <TimeAgo at={toDate(entry.createdAt)} /> · revision {String(entry.revisionNumber)}
        </dd>
        <dt>Entry ID</dt>
        <dd className="copy-line">
          <Mono>{entry.id}</Mono>
          <CopyButton text={entry.id} label="Copy entry ID" />
        </dd>
      </dl>
      {found.command && (
        <section>
          <h3 className="entry-command">On the command line</h3>
          <CommandBox command={found.command} />
        </section>
      )}
      <p className="small">
        <Age freshness={found.freshness} />
      </p>
    </>
  );
}

const ttl = (seconds: number) => (seconds > 0 ? formatSeconds(seconds) : 'the server’s default');

function Parent({ found: { agent, parent }, entry }: { found: GetEntryResponse; entry: Entry }) {
  const expiresAt = toDate(agent?.expiresAt)?.getTime();
  const expired = useTicking((now) => expiresAt !== undefined && expiresAt <= now);
  return (
    <div className="entry-parent">
      <SpiffeIdText id={entry.parentId} copy whole />
      {agent && (
        <span className="row">
          <Chip
            tone={agent.banned || expired ? 'bad' : 'ok'}
            reason={
              agent.banned
                ? 'This agent is banned: its server refuses it.'
                : expired
                  ? 'The SVID of this agent has expired: it is stopped, or cut off from its server.'
                  : `Attested by ${escapeText(agent.attestationType)}.`
            }
          >
            {agent.banned ? 'agent, banned' : expired ? 'agent, expired' : 'agent'}
          </Chip>
          <span className="small">
            SVID {expired ? 'expired' : 'expires'} <TimeAgo at={toDate(agent.expiresAt)} />
          </span>
          <Link className="small" to="/agents" search={{ id: agent.id }}>
            Show
          </Link>
        </span>
      )}
      {parent && (
        <span className="row">
          <Chip tone="info" reason="The parent is an entry: whatever it names serves this one.">
            entry
          </Chip>
          <Link className="small" to="/entries" search={{ id: entryKey(parent) }}>
            Show
          </Link>
        </span>
      )}
    </div>
  );
}

function Rights({ entry }: { entry: Entry }) {
  const rights = [
    entry.admin && 'admin: may call the server’s APIs',
    entry.downstream && 'downstream: may sign for a server below',
    entry.storeSvid && 'stored by an SVID store plugin',
  ].filter((right) => right !== false);
  if (rights.length === 0) return null;
  return (
    <>
      <dt>Rights</dt>
      <dd>
        {rights.map((right) => (
          <div key={right}>{right}</div>
        ))}
      </dd>
    </>
  );
}
