import { Link } from '@tanstack/react-router';
import { EmptyState, Page } from '../components/index.ts';

export function NotFound() {
  return (
    <Page title="Nothing here">
      <EmptyState title="There is no such page" action={<Link to="/">Go to the overview</Link>}>
        The address may be of another version of Muster, or mistyped.
      </EmptyState>
    </Page>
  );
}
