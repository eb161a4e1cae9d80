import { escapeText } from '@muster/domain/display';
import type { CreateLaunchLinkResponse } from '@muster/api';
import { Button, CopyButton, TimeAgo, toDate, useTicking } from '../../components/index.ts';

interface Props {
  link: CreateLaunchLinkResponse;
  onForget: () => void;
}

/** A link that signs somebody in once. It is shown until it is used up or forgotten, and kept nowhere. */
export function LaunchLink({ link, onForget }: Props) {
  const expires = toDate(link.expiresAt);
  const old = useTicking((now) => expires !== undefined && now > expires.getTime());
  return (
    <section className="card launch-link" aria-label="Sign-in link">
      <h2>{old ? 'This link is too old' : 'Sign-in link'}</h2>
      {old ? (
        <p className="small">It was good for a minute. Create another when it is needed.</p>
      ) : (
        <>
          <div className="launch-link-line">
            <code className="mono">{escapeText(link.url)}</code>
            <CopyButton text={link.url} label="Copy sign-in link" />
          </div>
          <p className="small">
            Good once; expires <TimeAgo at={expires} />. Whoever opens it is signed in to this gateway.
          </p>
        </>
      )}
      <Button small onClick={onForget}>
        {old ? 'Dismiss' : 'Hide'}
      </Button>
    </section>
  );
}
