import { ErrorState, Page } from '../components/index.ts';

/** A page that could not be drawn; the rest of the console goes on. */
export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Page title="This page failed" scroll>
      <ErrorState error={error} retry={reset} />
    </Page>
  );
}
