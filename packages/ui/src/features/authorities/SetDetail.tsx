import { escapeText } from '@muster/domain/display';
import type { AuthoritySet, OldUse } from '@muster/api';
import {
  Chip,
  CommandBox,
  DetailPanel,
  formatCount,
  proseText,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { KeyName } from './KeyName.tsx';
import { Steps } from './Steps.tsx';
import { kindWord, setState } from './words.ts';

interface Props {
  set: AuthoritySet;
  onClose: () => void;
  onPlan: (action: string, input: string) => void;
}

/** The rotation of one kind: each step with what speaks for and against it. */
export function SetDetail({ set, onClose, onPlan }: Props) {
  const { tone, word } = setState(set);
  return (
    <DetailPanel
      kind={`${kindWord(set.kind)} authorities · ${escapeText(set.connection)}`}
      title={
        <>
          Rotation of <TrustDomainTag name={set.trustDomain || set.connection} />
        </>
      }
      state={
        <Chip tone={tone} reason={proseText(set.problem || set.summary)}>
          {word}
        </Chip>
      }
      onClose={onClose}
    >
      <p>{proseText(set.problem || set.summary)}</p>
      <Steps set={set} onPlan={onPlan} />
      {set.oldUse && <OldFacts use={set.oldUse} x509={set.kind === 1} />}
      <section className="stack" aria-label="What is true of every step">
        <h3>What is true of every step</h3>
        <p className="small">
          No step can be undone. Each acts on the server that answers at {escapeText(set.connection)}; other
          servers of the trust domain have authorities of their own. WIT authorities are not there: SPIRE 1.15
          does not implement their calls.
        </p>
      </section>
      {set.command && <CommandBox command={set.command} />}
    </DetailPanel>
  );
}

function OldFacts({ use, x509 }: { use: OldUse; x509: boolean }) {
  return (
    <section className="stack" aria-label="Who still hangs on the old one">
      <h3>Who still hangs on the old one</h3>
      <dl className="facts">
        <dt>Old key</dt>
        <dd>
          <KeyName id={use.id} />
        </dd>
        <dt>Replaced</dt>
        <dd>
          {use.activatedAfter ? (
            <>
              <TimeAgo at={toDate(use.activatedBefore)} />, seen between two looks
            </>
          ) : (
            <>
              before this gateway looked first, <TimeAgo at={toDate(use.activatedBefore)} />
            </>
          )}
        </dd>
        {x509 && (
          <>
            <dt>SVIDs live here</dt>
            <dd>
              {use.svids === 0n
                ? 'no Workload API of this trust domain is connected here'
                : `${formatCount(use.svidsOnOld)} of ${formatCount(use.svids)} signed by it`}
            </dd>
            <dt>Agents</dt>
            <dd>
              {formatCount(use.agentsMoved)} of {formatCount(use.agents)} seen to renew since
              <span className="small">
                {' '}
                · SPIRE does not say which key signed an agent’s SVID; renewals are seen between two readings
              </span>
            </dd>
          </>
        )}
        <dt>At the latest</dt>
        <dd>
          <TimeAgo at={toDate(use.until)} none="not told" /> nothing that it signed is valid: it expires
          itself
        </dd>
        {use.likelyUntil && (
          <>
            <dt>Probably</dt>
            <dd>
              <TimeAgo at={toDate(use.likelyUntil)} />.{' '}
              <span className="small">{proseText(use.likelyReason)}</span>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
