import { Tooltip } from '../../components/index.ts';

/** How much of an SVID's life has passed at least: its end is known, its beginning only to have been seen. */
export function LifeBar({ passed }: { passed: number | undefined }) {
  const percent = Math.floor((passed ?? 0) * 100);
  // Watched for a moment only: it says nothing yet.
  if (percent < 5) return null;
  const tone = percent >= 100 ? 'bad' : percent > 60 ? 'warn' : 'ok';
  const words = `at least ${percent} % of its life has passed`;
  return (
    <div>
      <Tooltip content="Of the SVID’s life, as far as it was watched: SPIRE says when it ends, not when it began. A running agent renews at about half.">
        <span className="agent-life" tabIndex={0}>
          <span className="agent-life-bar" role="img" aria-label={words}>
            <span className={`agent-life-fill ${tone}`} style={{ width: `${percent}%` }} />
            <span className="agent-life-half" />
          </span>
          <span className="small num">{words}</span>
        </span>
      </Tooltip>
    </div>
  );
}
