import { SpiffeIdText } from '../../components/index.ts';
import type { ChainNode, ChainStep } from './chain.ts';
import { type Validity, validityWords } from './validity.ts';

const columns = ['Part', 'Name', 'Validity', 'Key, serial', 'Issuer', 'Key identifiers', 'To the next'];

interface Props {
  readonly steps: readonly ChainStep[];
  readonly at: Date;
  readonly onSelect: (what: string) => void;
}

/** The facts of the picture, for who would rather read. */
export function ChainTable({ steps, at, onSelect }: Props) {
  return (
    <div className="inspect-chain-table">
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map(({ node, link }, index) => (
            <tr key={`${node.key} ${index}`} data-broken={node.problems.length > 0}>
              <th scope="row">{node.role}</th>
              <td>
                <Name node={node} onSelect={onSelect} />
                {node.facts.subject !== undefined && node.facts.subject !== node.whole && (
                  <div className="small mono">{node.facts.subject || 'empty subject'}</div>
                )}
              </td>
              <td className="num">
                {node.validity ? <Ends validity={node.validity} at={at} /> : <None />}
                {node.problems.map(({ words }) => (
                  <div key={words} className="inspect-problem">
                    {words}
                  </div>
                ))}
              </td>
              <td>
                {node.facts.keyType ?? <None />}
                <div className="mono">{node.facts.serial}</div>
              </td>
              <td className="mono">{node.facts.issuer || <None />}</td>
              <td className="mono">
                <KeyIds node={node} />
              </td>
              <td>{link ? <span data-state={link.state}>{link.label}</span> : <None />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Ends({ validity, at }: { readonly validity: Validity; readonly at: Date }) {
  return validityWords(validity, at).map((line) => <div key={line}>{line}</div>);
}

function None() {
  return <span className="small">none</span>;
}

function KeyIds({ node: { facts } }: { readonly node: ChainNode }) {
  if (facts.subjectKeyId === undefined && facts.authorityKeyId === undefined) return <None />;
  return (
    <>
      {facts.subjectKeyId !== undefined && (
        <div>
          <abbr title="Subject key identifier, or the id of a bare key">own</abbr> {facts.subjectKeyId}
        </div>
      )}
      {facts.authorityKeyId !== undefined && (
        <div>
          <abbr title="Authority key identifier, or the key id that a token names">signer</abbr>{' '}
          {facts.authorityKeyId}
        </div>
      )}
    </>
  );
}

function Name({ node, onSelect }: { readonly node: ChainNode; readonly onSelect: (what: string) => void }) {
  const { selects } = node;
  const name = node.whole.startsWith('spiffe://') ? (
    <SpiffeIdText id={node.whole} />
  ) : (
    <span className="mono">{node.missing ? `${node.title}, ${node.note}` : node.whole}</span>
  );
  if (selects === undefined) return name;
  return (
    <>
      <div>{name}</div>
      <button
        type="button"
        className="inspect-chain-show"
        aria-label={`Show the ${node.role} ${node.whole} decoded`}
        onClick={() => onSelect(selects)}
      >
        decoded
      </button>
    </>
  );
}
