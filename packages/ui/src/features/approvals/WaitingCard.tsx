import type { Approval } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Button,
  Chip,
  NameText,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  WarningNote,
} from '../../components/index.ts';
import { Countdown } from './Countdown.tsx';
import { identityWords, toOrFrom, verbOf } from './words.ts';

interface Props {
  approval: Approval;
  ahead: number;
  selected: boolean;
  onOpen: (id: string) => void;
  onDecide: (approval: Approval, approve: boolean) => void;
}

/** One request that waits: what is asked, by whom, and the two answers. */
export function WaitingCard({ approval, ahead, selected, onOpen, onDecide }: Props) {
  const { id, invitee, channel, requester, askedBy, identity, lockedReason, warnings } = approval;
  const title = `${verbOf(approval)} ${proseText(invitee)} ${toOrFrom(approval)} ${proseText(channel)}`;
  return (
    <li
      className={selected ? 'approval-card selected' : 'approval-card'}
      tabIndex={0}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'Enter') onOpen(id);
        else if (event.key === 'a' && !lockedReason) onDecide(approval, true);
        else if (event.key === 'd') onDecide(approval, false);
        else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(event.currentTarget, event.key);
        else return;
        event.preventDefault();
      }}
    >
      <div className="approval-what">
        <h3>
          {verbOf(approval)} <NameText mono name={invitee} /> {toOrFrom(approval)}{' '}
          <NameText mono name={channel} />
        </h3>
        <dl className="approval-facts">
          <div>
            <dt>For</dt>
            <dd>{requester ? <NameText name={requester} /> : 'not told by the channel manager'}</dd>
          </div>
          <div>
            <dt>Asked by</dt>
            <dd>
              <NameText mono name={askedBy} /> <TimeAgo at={toDate(approval.askedAt)} />
            </dd>
          </div>
          <div>
            <dt>Identity</dt>
            <dd>
              <IdentityLine identity={identity} />
            </dd>
          </div>
          <div>
            <dt>Owner</dt>
            <dd>
              <OwnerLine approval={approval} />
            </dd>
          </div>
        </dl>
        {warnings.map((warning) => (
          <WarningNote key={warning.code} warning={warning} />
        ))}
        {lockedReason && (
          <p className="approval-locked">
            It can only be denied here. {proseText(lockedReason)} <Link to="/owner-keys">Owner keys</Link>
          </p>
        )}
      </div>
      <div className="approval-answers">
        <Countdown approval={approval} ahead={ahead} />
        <div className="row">
          <Button
            variant="primary"
            disabledReason={lockedReason || undefined}
            onClick={() => onDecide(approval, true)}
          >
            Approve…
          </Button>
          <Button onClick={() => onDecide(approval, false)}>Deny…</Button>
          <Button variant="quiet" onClick={() => onOpen(id)}>
            Details
          </Button>
        </div>
      </div>
    </li>
  );
}

/** The state of who stands behind the invitee, and its SPIFFE ID. */
export function IdentityLine({ identity }: { identity: Approval['identity'] }) {
  if (!identity) return <>not looked up</>;
  const { tone, word, reason } = identityWords(identity);
  return (
    <span className="approval-identity">
      {identity.spiffeId && <SpiffeIdText id={identity.spiffeId} />}
      <Chip tone={tone} reason={proseText(reason)}>
        {word}
      </Chip>
    </span>
  );
}

export function OwnerLine({ approval: { owner, ownerAlias, manager } }: { approval: Approval }) {
  if (owner)
    return (
      <span className="approval-identity">
        {ownerAlias && <NameText name={ownerAlias} />} <Did did={owner} />
      </span>
    );
  return <>{manager ? 'nobody, says the channel manager' : 'not known here'}</>;
}

/** Its beginning says what it is, its end tells it from others; the whole is one look away. */
function Did({ did }: { did: string }) {
  const cut = did.length > 28;
  return (
    <span className="mono" title={proseText(did)}>
      {cut ? `${proseText(did.slice(0, 18))}…${proseText(did.slice(-6))}` : proseText(did)}
    </span>
  );
}

function step(card: HTMLElement, key: string): void {
  const next = key === 'ArrowDown' ? card.nextElementSibling : card.previousElementSibling;
  if (next instanceof HTMLElement) next.focus();
}
