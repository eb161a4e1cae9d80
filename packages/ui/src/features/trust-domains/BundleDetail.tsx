import { escapeText } from '@muster/domain/display';
import type { Bundle } from '@muster/api';
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
  NameText,
  proseText,
  saveText,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { Authorities } from './Authorities.tsx';
import { bundleKey, copyRefText, suggestRight } from './copies.ts';
import { useBundle } from './queries.ts';

interface Props {
  /** As the list has it; what only the single read knows comes after. */
  bundle: Bundle;
  bundles: readonly Bundle[];
  onClose: () => void;
  onCompare: (left: string, right: string | undefined) => void;
  onTask: (task: 'set' | 'delete', bundle: Bundle) => void;
}

/** One trust bundle: its keys, who else has a copy, and what can be done with it. */
export function BundleDetail({ bundle, bundles, onClose, onCompare, onTask }: Props) {
  const { connection, trustDomain, own } = bundle;
  const found = useBundle(connection, trustDomain);
  const right = suggestRight(bundles, { connection, trustDomain, at: undefined });
  return (
    <DetailPanel
      kind={`Trust bundle · ${own ? 'of' : 'copy known to'} ${escapeText(connection)}`}
      title={<TrustDomainTag name={trustDomain} />}
      onClose={onClose}
      actions={
        <>
          <Button
            small
            onClick={() => onCompare(bundleKey(bundle), right && copyRefText(right))}
            disabledReason={
              right ? undefined : 'There is no other copy of it here, and no earlier moment is kept.'
            }
          >
            Compare…
          </Button>
          <Button
            small
            onClick={() => saveText(`${trustDomain}.bundle.json`, 'application/json', bundle.spiffeJson)}
          >
            Download JSON
          </Button>
          <Button
            small
            onClick={() => saveText(`${trustDomain}.bundle.pem`, 'application/x-pem-file', bundle.pem)}
            disabledReason={
              bundle.x509Authorities.length === 0
                ? 'It has no X.509 authority, and PEM holds nothing else.'
                : undefined
            }
          >
            Download PEM
          </Button>
          {!own && (
            <>
              <Button small onClick={() => onTask('set', bundle)}>
                Replace…
              </Button>
              <span className="grow" />
              <Button small className="btn-delete" onClick={() => onTask('delete', bundle)}>
                Delete…
              </Button>
            </>
          )}
        </>
      }
    >
      <dl className="facts">
        <dt>Sequence</dt>
        <dd className="num">
          {bundle.sequenceNumber === 0n && !own ? (
            <span className="small">0: a copy that a server fetched has none. Compare keys instead.</span>
          ) : (
            String(bundle.sequenceNumber)
          )}
        </dd>
        <dt>Refresh hint</dt>
        <dd>
          {bundle.refreshHint > 0n ? (
            formatSeconds(Number(bundle.refreshHint))
          ) : own ? (
            <span className="small">not told by the server’s API; its endpoint tells it</span>
          ) : (
            'not set'
          )}
        </dd>
        <dt>Keys changed</dt>
        <dd>
          <TimeAgo at={toDate(bundle.changedAt)} none="not since this gateway first read it" />
        </dd>
        <dt>Read</dt>
        <dd>
          <TimeAgo at={toDate(bundle.readAt)} />
        </dd>
        {own && (
          <>
            <dt>Its SVIDs</dt>
            <dd className="row">
              <Link to="/entries" search={{ td: trustDomain }}>
                Entries
              </Link>
              <Link to="/authorities" search={{ td: trustDomain }}>
                Authorities
              </Link>
              <Link to="/mint" search={{ connection }}>
                Mint an SVID
              </Link>
            </dd>
          </>
        )}
        {!own && (
          <>
            <dt>Federation</dt>
            <dd>
              <Link to="/federation" search={{ id: `${connection}/${trustDomain}` }}>
                Relationship and doctor
              </Link>
            </dd>
            <dt>Entries</dt>
            <dd>
              {bundle.entries > 0n ? (
                <Link to="/entries" search={{ fed: trustDomain }}>
                  {formatCount(bundle.entries)} federate with it
                </Link>
              ) : (
                'none federate with it'
              )}
            </dd>
          </>
        )}
      </dl>
      <Authorities bundle={bundle} />
      <section className="stack" aria-label="Other copies">
        <h3>On other servers</h3>
        {found.error && !found.data && <ErrorState error={found.error} retry={() => void found.refetch()} />}
        {found.data?.copies.length === 0 && <p className="small">No other server here has a bundle of it.</p>}
        {found.data?.copies.map((copy) => (
          <div className="card" key={copy.connection}>
            <div className="authority-head">
              <NameText name={copy.connection} />
              <span className="small">{copy.own ? 'its own bundle' : 'a copy'}</span>
              {copy.same ? (
                <Chip tone="ok" reason="The same X.509 authorities and JWT keys.">
                  same keys
                </Chip>
              ) : (
                <Chip tone="warn" reason={proseText(copy.difference)}>
                  differs
                </Chip>
              )}
            </div>
            {!copy.same && (
              <div className="row">
                <span className="small grow">Against this one, {proseText(copy.difference)}</span>
                <Button
                  small
                  onClick={() => onCompare(bundleKey(bundle), `${copy.connection}/${trustDomain}`)}
                >
                  Compare
                </Button>
              </div>
            )}
          </div>
        ))}
      </section>
      {bundle.spiffeJson && (
        <div className="row">
          <h3>Bundle document</h3>
          <CopyButton text={bundle.spiffeJson} label="Copy the bundle document" />
          <span className="small">as a JWK Set, for the inspector or another server</span>
        </div>
      )}
      {found.data?.command && <CommandBox command={found.data.command} />}
    </DetailPanel>
  );
}
