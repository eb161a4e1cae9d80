import { type Approval, ApprovalState } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Button,
  Chip,
  CopyButton,
  DetailPanel,
  ErrorState,
  formatExact,
  Mono,
  NameText,
  proseText,
  Skeleton,
  toDate,
  WarningNote,
} from '../../components/index.ts';
import { Countdown } from './Countdown.tsx';
import { useApproval } from './queries.ts';
import { IdentityLine } from './WaitingCard.tsx';
import { decidedWords, stateWords, toOrFrom, verbOf } from './words.ts';

interface Props {
  id: string;
  onClose: () => void;
  onDecide: (approval: Approval, approve: boolean) => void;
}

/** Everything of one request, waiting or decided: also one that a link names. */
export function ApprovalPanel({ id, onClose, onDecide }: Props) {
  const { approval, ahead, loading, error, retry } = useApproval(id);
  const waits = approval?.state === ApprovalState.WAITING;
  const words = approval && stateWords(approval);
  return (
    <DetailPanel
      kind="Request to the owner of a channel"
      title={
        approval ? (
          <>
            {verbOf(approval)} <NameText mono name={approval.invitee} /> {toOrFrom(approval)}{' '}
            <NameText mono name={approval.channel} />
          </>
        ) : (
          <Mono>{proseText(id)}</Mono>
        )
      }
      state={
        words && (
          <>
            <Chip tone={words.tone} reason={proseText(words.reason)}>
              {words.word}
            </Chip>
            {waits && <Countdown approval={approval} ahead={ahead} />}
          </>
        )
      }
      onClose={onClose}
      actions={
        waits && (
          <>
            <Button
              variant="primary"
              disabledReason={approval.lockedReason || undefined}
              onClick={() => onDecide(approval, true)}
            >
              Approve…
            </Button>
            <Button onClick={() => onDecide(approval, false)}>Deny…</Button>
          </>
        )
      }
    >
      {approval ? (
        <Facts approval={approval} />
      ) : error ? (
        <ErrorState error={error} retry={retry} />
      ) : loading ? (
        <Skeleton rows={8} />
      ) : (
        <p>There is no such request here. The last 500 are kept.</p>
      )}
    </DetailPanel>
  );
}

function Facts({ approval }: { approval: Approval }) {
  const { state, reason, owner, ownerAlias, manager, identity, lockedReason, warnings } = approval;
  const waits = state === ApprovalState.WAITING;
  return (
    <>
      {waits && warnings.map((warning) => <WarningNote key={warning.code} warning={warning} />)}
      {waits && lockedReason && <p className="approval-locked">{proseText(lockedReason)}</p>}
      <dl className="facts">
        <dt>Asked</dt>
        <dd>{exact(approval.askedAt)}</dd>
        {!waits && (
          <>
            <dt>Decided</dt>
            <dd>{proseText(decidedWords(approval))}</dd>
            <dt>Reason</dt>
            <dd>{reason ? proseText(reason) : 'none given'}</dd>
          </>
        )}
        <dt>For</dt>
        <dd>
          {approval.requester ? (
            <NameText name={approval.requester} />
          ) : (
            'Not told: the channel manager’s API authenticates nobody.'
          )}
        </dd>
        <dt>Asked by</dt>
        <dd>
          <NameText mono name={approval.askedBy} />
        </dd>
        <dt>Asked at</dt>
        <dd>
          <NameText mono name={approval.callbackName} />, by connection{' '}
          <NameText name={approval.connection} />
        </dd>
        <dt>Channel</dt>
        <dd>
          {manager ? (
            <Link to="/channels" search={{ channel: `${manager}/${approval.channel}` }}>
              <NameText mono name={approval.channel} />
            </Link>
          ) : (
            <NameText mono name={approval.channel} />
          )}
          {manager ? (
            <>
              {' '}
              at <NameText name={manager} />
            </>
          ) : (
            ': no channel manager connected here has it'
          )}
        </dd>
        {waits && (
          <>
            <dt>Identity</dt>
            <dd>
              <IdentityLine identity={identity} />
            </dd>
          </>
        )}
        <dt>Owner</dt>
        <dd className="copy-line">
          {owner ? (
            <>
              {ownerAlias && <NameText name={ownerAlias} />} <Mono>{proseText(owner)}</Mono>
              <CopyButton text={owner} label="Copy the owner’s did:key" />
            </>
          ) : (
            'not known here'
          )}
        </dd>
        <dt>Request</dt>
        <dd className="copy-line">
          <Mono>{approval.id}</Mono>
          <CopyButton text={approval.id} label="Copy the request’s id" />
        </dd>
      </dl>
    </>
  );
}

function exact(stamp: Approval['askedAt']): string {
  const at = toDate(stamp);
  return at ? formatExact(at) : 'unknown';
}
