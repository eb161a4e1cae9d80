import type { Entry, GetEntryResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import { Chip, SpiffeIdText, TimeAgo, toDate, useTicking } from '../../components/index.ts';
import { entryKey } from '../../routes.ts';

/** The parent of an entry, and whether it is an agent, an entry, the server, or nobody. */
export function EntryParent({ found, entry }: { found: GetEntryResponse; entry: Entry }) {
  const { agent, parent } = found;
  const expiresAt = toDate(agent?.expiresAt)?.getTime();
  const expired = useTicking((now) => expiresAt !== undefined && expiresAt <= now);
  const server = entry.parentId.endsWith('/spire/server');
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
          <Link className="small" to="/entries" search={(old) => ({ ...old, id: entryKey(parent) })}>
            Show
          </Link>
        </span>
      )}
      {!agent && !parent && (
        <span className="row">
          {server ? (
            <Chip tone="info" reason="Its selectors are those of agents: it names a set of nodes.">
              the server
            </Chip>
          ) : (
            <Chip tone="warn" reason="Neither an attested agent nor an entry has this ID.">
              not there
            </Chip>
          )}
        </span>
      )}
      <Link className="small" to="/entries" search={{ parent: entry.parentId }}>
        All entries of this parent
      </Link>
    </div>
  );
}
