import type { Entry, GetEntryResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  Age,
  CommandBox,
  CopyButton,
  formatCount,
  formatSeconds,
  Mono,
  proseText,
  TimeAgo,
  toDate,
  TrustDomainTag,
  WarningNote,
} from '../../components/index.ts';
import { flagWords, selectorsText } from './columns.tsx';
import { EntryLinks } from './EntryLinks.tsx';
import { EntryParent } from './EntryParent.tsx';
import { ENTRY_STATE } from './state.ts';

interface Props {
  found: GetEntryResponse;
  entry: Entry;
}

/** One registration entry, every field: its state and why, what it touches, what does the same on the command line. */
export function EntryDetail({ found, entry }: Props) {
  const reason = proseText(entry.stateReason) || ENTRY_STATE[entry.state].reason;
  return (
    <>
      <p className="small">{reason}</p>
      {found.warnings
        .toSorted((a, b) => b.severity - a.severity)
        .map((warning) => (
          <WarningNote key={warning.code + warning.text} warning={warning} />
        ))}
      <EntryLinks entry={entry} />
      <dl className="facts">
        <dt>Parent</dt>
        <dd>
          <EntryParent found={found} entry={entry} />
        </dd>
        <dt>Selectors</dt>
        <dd className="copy-line entry-lines">
          <div>
            {entry.selectors.map(({ type, value }) => (
              <div key={`${type}:${value}`}>
                <Mono>{`${type}:${value}`}</Mono>
              </div>
            ))}
          </div>
          <CopyButton text={selectorsText(entry).replaceAll(' · ', '\n')} label="Copy selectors" />
        </dd>
        <dt>Federates with</dt>
        <dd className="row">
          {entry.federatesWith.length === 0
            ? 'none'
            : entry.federatesWith.map((name) => (
                <Link key={name} to="/trust-domains" search={{ name }}>
                  <TrustDomainTag name={name} />
                </Link>
              ))}
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
        <dd>{lines(entry.dnsNames)}</dd>
        <dt>Hint</dt>
        <dd>{entry.hint ? <Mono>{entry.hint}</Mono> : 'none'}</dd>
        <dt>Flags</dt>
        <dd>
          <Flag on={entry.admin} word="admin" means="may call the server’s APIs" />
          <Flag on={entry.downstream} word="downstream" means="may sign for a server below" />
          <Flag on={entry.storeSvid} word="store SVID" means="kept by an SVID store plugin" />
          <Flag
            on={entry.disableX509SvidPrefetch}
            word="no prefetch"
            means="its X.509-SVID is made when asked for"
          />
          <Flag on={entry.jwtSvidIncludeJti} word="jti" means="each JWT-SVID has an ID, and is not cached" />
          {flagWords(entry).length === 0 && 'none'}
        </dd>
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

function lines(names: readonly string[]): ReactNode {
  if (names.length === 0) return 'none';
  return names.map((name) => (
    <div key={name}>
      <Mono>{name}</Mono>
    </div>
  ));
}

function Flag({ on, word, means }: { on: boolean; word: string; means: string }) {
  if (!on) return null;
  return (
    <div>
      <b>{word}</b>: {means}
    </div>
  );
}
