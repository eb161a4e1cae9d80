import { type KeyboardEvent, useRef, useState } from 'react';
import { TrustDomainTag, ValidityBar } from '../../components/index.ts';
import { breaksOf, type ChainNode, type ChainProblem, type ChainStep } from './chain.ts';
import { ChainTable } from './ChainTable.tsx';
import './ChainPicture.css';

export interface ChainPictureProps {
  readonly steps: readonly ChainStep[];
  /** The moment that the bars are drawn for. */
  readonly at: Date;
  /** What is looked at whole. */
  readonly selected: string | undefined;
  readonly onSelect: (what: string) => void;
  /** Leads to a clause on the sheet. */
  readonly onClause: (id: string) => void;
}

/** The chain of trust, from the document to the bundle; where it breaks is dashed and says so. A table has the same facts. */
export function ChainPicture(props: ChainPictureProps) {
  const [form, setForm] = useState<'picture' | 'table'>('picture');
  const breaks = breaksOf(props.steps);
  return (
    <section className="inspect-chain-part" aria-label="Chain of trust">
      <div className="inspect-chain-head">
        <h3>Chain of trust</h3>
        <div className="inspect-chain-form" role="group" aria-label="Show the chain as">
          {(['picture', 'table'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={form === one} onClick={() => setForm(one)}>
              {one === 'picture' ? 'Picture' : 'Table'}
            </button>
          ))}
        </div>
      </div>
      {form === 'picture' ? (
        <Picture {...props} />
      ) : (
        <ChainTable steps={props.steps} at={props.at} onSelect={props.onSelect} />
      )}
      {breaks.length > 0 && (
        <ul className="inspect-breaks" aria-label="Where it breaks">
          {breaks.map(({ place, problem }, index) => (
            <li key={`${problem.clause} ${index}`}>
              <ClauseButton problem={problem} onClause={props.onClause} />
              <span>
                {problem.words} <span className="small">{place}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ClauseButton({
  problem,
  onClause,
}: {
  readonly problem: ChainProblem;
  readonly onClause: (id: string) => void;
}) {
  const { clause } = problem;
  if (clause === undefined) return null;
  return (
    <button
      type="button"
      className="inspect-clause-link mono"
      aria-label={`Requirement ${clause}`}
      onClick={() => onClause(clause)}
    >
      {clause}
    </button>
  );
}

function Picture({ steps, at, selected, onSelect }: ChainPictureProps) {
  const list = useRef<HTMLOListElement>(null);
  // One stop for the Tab key; the arrows go along the chain.
  const first = steps.find(({ node }) => node.selects !== undefined)?.node.selects;
  const there = selected !== undefined && steps.some(({ node }) => node.selects === selected);
  const current = there ? selected : first;
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...(list.current?.querySelectorAll<HTMLButtonElement>('.inspect-node-pick') ?? [])];
    const next = all[all.indexOf(event.target as HTMLButtonElement) + step];
    next?.focus();
  };
  return (
    <div className="inspect-chain-scroll">
      <ol className="inspect-chain" ref={list} onKeyDown={move}>
        {steps.map(({ node, link }, index) => (
          <li key={`${node.key} ${index}`}>
            <div
              className="inspect-node"
              data-broken={node.problems.length > 0}
              data-missing={node.missing}
              data-selected={node.selects !== undefined && node.selects === selected}
            >
              <span className="small">{node.role}</span>
              <NodeTitle node={node} current={current} onSelect={onSelect} />
              <span className="inspect-node-tags">
                {node.trustDomain !== undefined && node.role !== 'bundle' && (
                  <TrustDomainTag name={node.trustDomain} />
                )}
                <span className="small inspect-node-note" title={node.note}>
                  {node.note}
                </span>
              </span>
              {node.validity && <ValidityBar {...node.validity} now={at} />}
            </div>
            {link && (
              <div className="inspect-link" data-state={link.state}>
                <span>{link.label}</span>
              </div>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

function NodeTitle({
  node,
  current,
  onSelect,
}: {
  readonly node: ChainNode;
  readonly current: string | undefined;
  readonly onSelect: (what: string) => void;
}) {
  const { selects } = node;
  if (node.role === 'bundle' && node.trustDomain !== undefined)
    return (
      <strong>
        <TrustDomainTag name={node.trustDomain} />
      </strong>
    );
  const title = <Cut text={node.title} />;
  if (selects === undefined)
    return (
      <strong className="mono inspect-node-title" title={node.whole}>
        {title}
      </strong>
    );
  return (
    <button
      type="button"
      className="inspect-node-pick inspect-node-title mono"
      title={node.whole}
      tabIndex={selects === current ? 0 : -1}
      aria-label={`Show the ${node.role} ${node.whole} decoded`}
      onClick={() => onSelect(selects)}
    >
      {title}
    </button>
  );
}

/** Long names lose their middle, never their end; the cut is drawn, so that a selection copies all of it. */
function Cut({ text }: { readonly text: string }) {
  const at = text.lastIndexOf('/');
  const path = at > 0;
  const tail = path ? text.slice(at) : text.length > 16 ? text.slice(-6) : '';
  return (
    <>
      <span className="inspect-cut-head">{text.slice(0, text.length - tail.length)}</span>
      <span className={path ? 'inspect-cut-segment' : 'inspect-cut-tail'}>{tail}</span>
    </>
  );
}
