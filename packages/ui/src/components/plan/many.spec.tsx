// @vitest-environment jsdom
import { create } from '@bufbuild/protobuf';
import { ItemOutcome, ItemResultSchema, PlanSchema } from '@muster/api';
import { fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { ChangeList } from './ChangeList.tsx';
import { Results } from './Results.tsx';

prepareDom();

describe('a plan of thousands', () => {
  const plan = create(PlanSchema, {
    counts: [
      { verb: 'create', count: 4000 },
      { verb: 'update', count: 1000 },
    ],
    changes: Array.from({ length: 2000 }, (_one, n) => ({
      verb: n < 1990 ? 'create' : 'update',
      target: `spiffe://a.test/${n}`,
      origin: `line ${n + 2}`,
      fields: [{ field: 'Hint', before: '', after: `hint ${n}` }],
    })),
  });

  it('draws few lines, counts all, filters by verb, searches, and opens a line on demand', () => {
    render(<ChangeList plan={plan} />);
    expect(screen.getAllByRole('listitem')).toHaveLength(50);
    expect(screen.getByRole('status').textContent).toMatch(
      /^50 of 2.000 shown; the first 2.000 of 5.000 changes are listed, and all are applied/,
    );
    fireEvent.click(screen.getByRole('button', { name: /^Show 200 more/ }));
    expect(screen.getAllByRole('listitem')).toHaveLength(250);
    fireEvent.click(screen.getByRole('button', { name: /^update 1.000/ }));
    expect(screen.getAllByRole('listitem')).toHaveLength(10);
    fireEvent.change(screen.getByLabelText('Search the changes'), { target: { value: 'HINT 1999' } });
    const [line] = screen.getAllByRole('listitem');
    expect(screen.queryByRole('table')).toBeNull();
    const details = line?.querySelector('details');
    if (details) details.open = true;
    fireEvent(details as HTMLElement, new Event('toggle'));
    expect(screen.getByRole('table').textContent).toContain('hint 1999');
  });

  it('shows of its results what was not done first', () => {
    const items = Array.from({ length: 3000 }, (_one, n) =>
      create(ItemResultSchema, {
        target: `t${n}`,
        outcome: n === 2500 ? ItemOutcome.REFUSED : ItemOutcome.DONE,
        reason: n === 2500 ? 'The server says: no.' : '',
      }),
    );
    render(<Results items={items} over />);
    const rows = screen.getAllByRole('listitem');
    expect(rows).toHaveLength(50);
    expect(rows[0]?.textContent).toContain('t2500');
    expect(screen.getByRole('button', { name: 'Download results' })).toBeTruthy();
  });
});
