import type { ChainStep } from './chain.ts';
import './ChainPicture.css';

/** The chain of trust, from the document to the bundle; where it breaks is dashed and says so. */
export function ChainPicture({ steps }: { readonly steps: readonly ChainStep[] }) {
  return (
    <div className="inspect-chain-scroll" tabIndex={0} role="region" aria-label="Chain of trust">
      <ol className="inspect-chain">
        {steps.map(({ node, link }, index) => (
          <li key={`${node.key} ${index}`}>
            <div className="inspect-node" data-broken={node.problems.length > 0} data-missing={node.missing}>
              <span className="small">{node.role}</span>
              <strong title={node.whole} className="mono">
                {node.title}
              </strong>
              <span className="small">{node.note}</span>
              {node.problems.map((problem) => (
                <span key={problem} className="inspect-problem">
                  {problem}
                </span>
              ))}
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
