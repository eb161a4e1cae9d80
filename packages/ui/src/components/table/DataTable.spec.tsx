// @vitest-environment jsdom
import { fireEvent, render, screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { DataTable } from './DataTable.tsx';
import type { Column, DataTableProps, RowList } from './types.ts';

prepareDom();

interface Row {
  id: string;
}
const rows = (count: number): Row[] => Array.from({ length: count }, (_, i) => ({ id: `row-${i}` }));
const COLUMNS: readonly Column<Row>[] = [
  { id: 'id', header: 'Name', width: '1fr', sortable: true, render: (row) => row.id },
];
const Table = (props: Partial<DataTableProps<Row>>) => (
  <DataTable label="Things" columns={COLUMNS} rows={rows(50)} rowKey={(row) => row.id} {...props} />
);
const current = () =>
  document.getElementById(screen.getByRole('grid').getAttribute('aria-activedescendant') ?? '')?.textContent;

describe('DataTable', () => {
  it('draws what is in sight of a long list, and says how long it is', () => {
    render(<Table rows={rows(100_000)} />);
    const grid = screen.getByRole('grid', { name: 'Things' });
    expect(grid.getAttribute('aria-rowcount')).toBe('100001');
    expect(within(grid).getAllByRole('row').length).toBeLessThan(60);
  });

  it('reaches the last of a million rows by End and the first by Home, without an array of them', () => {
    const million: RowList<Row> = {
      length: 1_000_000,
      at: (index) => ({ id: `row-${index}` }),
      findIndex: () => -1,
    };
    const range = vi.fn();
    render(<Table rows={million} onRange={range} />);
    const grid = screen.getByRole('grid');
    expect(grid.getAttribute('aria-rowcount')).toBe('1000001');
    fireEvent.keyDown(grid, { key: 'End' });
    expect(current()).toBe('row-999999');
    expect(screen.getByRole('row', { name: 'row-999999' }).getAttribute('aria-rowindex')).toBe('1000001');
    expect(range).toHaveBeenLastCalledWith(expect.any(Number), 999_999);
    expect(within(grid).getAllByRole('row').length).toBeLessThan(60);
    fireEvent.keyDown(grid, { key: 'Home' });
    expect(current()).toBe('row-0');
    fireEvent.keyDown(grid, { key: 'PageDown' });
    expect(current()).toMatch(/^row-2[0-9]$/);
  });

  it('draws what the scrollbar comes to, in the same frame', () => {
    render(<Table rows={rows(5000)} />);
    const grid = screen.getByRole('grid');
    grid.scrollTop = 34 * 3000;
    fireEvent.scroll(grid);
    expect(screen.getByRole('row', { name: 'row-3000' })).toBeTruthy();
    expect(screen.queryByRole('row', { name: 'row-0' })).toBeNull();
  });

  it('begins at its top when it becomes another list, and keeps its place when it only grows', () => {
    const { rerender } = render(<Table rows={rows(5000)} scrollKey="one" />);
    const grid = screen.getByRole('grid');
    fireEvent.keyDown(grid, { key: 'End' });
    rerender(<Table rows={rows(6000)} scrollKey="one" />);
    expect(screen.getByRole('row', { name: 'row-4999' })).toBeTruthy();
    rerender(<Table rows={rows(6000)} scrollKey="two" />);
    expect(grid.scrollTop).toBe(0);
    expect(screen.getByRole('row', { name: 'row-0' })).toBeTruthy();
  });

  it('says which row is the current one only while it is drawn', () => {
    render(<Table rows={rows(5000)} />);
    const grid = screen.getByRole('grid');
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    expect(grid.getAttribute('aria-activedescendant')).not.toBeNull();
    grid.scrollTop = 34 * 3000;
    fireEvent.scroll(grid);
    expect(grid.getAttribute('aria-activedescendant')).toBeNull();
  });

  it('moves by arrows, opens by Enter, ticks by x', () => {
    const open = vi.fn();
    const tick = vi.fn();
    render(<Table onSelect={open} onCheck={tick} checked={new Set()} />);
    const grid = screen.getByRole('grid');
    const press = (key: string) => fireEvent.keyDown(grid, { key });
    press('ArrowDown');
    expect(current()).toBe('row-0');
    press('ArrowDown');
    press('Enter');
    expect(open).toHaveBeenCalledWith({ id: 'row-1' });
    press('x');
    expect(tick).toHaveBeenCalledWith({ id: 'row-1' });
    press('ArrowUp');
    press('ArrowUp');
    expect(current()).toBe('row-0');
  });

  it('keeps its cursor on its row when data arrives above', () => {
    const { rerender } = render(<Table />);
    const grid = screen.getByRole('grid');
    for (let i = 0; i < 4; i++) fireEvent.keyDown(grid, { key: 'ArrowDown' });
    expect(current()).toBe('row-3');
    rerender(<Table rows={[{ id: 'new' }, ...rows(50)]} />);
    expect(current()).toBe('row-3');
  });

  it('opens a row by click and marks it as selected', () => {
    const open = vi.fn();
    const { rerender } = render(<Table onSelect={open} />);
    fireEvent.click(screen.getByRole('row', { name: 'row-2' }));
    expect(open).toHaveBeenCalledWith({ id: 'row-2' });
    rerender(<Table onSelect={open} selected="row-2" />);
    expect(screen.getByRole('row', { name: 'row-2' }).getAttribute('aria-selected')).toBe('true');
  });

  it('sorts by its header, and the other way when asked again', () => {
    const sort = vi.fn();
    const { rerender } = render(<Table onSort={sort} />);
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(sort).toHaveBeenCalledWith({ column: 'id', descending: false });
    rerender(<Table onSort={sort} sort={{ column: 'id', descending: false }} />);
    expect(screen.getByRole('columnheader', { name: /Name/ }).getAttribute('aria-sort')).toBe('ascending');
    fireEvent.click(screen.getByRole('button', { name: /Name/ }));
    expect(sort).toHaveBeenLastCalledWith({ column: 'id', descending: true });
  });

  it('asks for more once when the end comes near', () => {
    const more = vi.fn();
    const { rerender } = render(<Table rows={rows(20)} onReachEnd={more} />);
    rerender(<Table rows={rows(20)} onReachEnd={more} />);
    expect(more).toHaveBeenCalledOnce();
    rerender(<Table rows={rows(25)} onReachEnd={more} />);
    expect(more).toHaveBeenCalledTimes(2);
  });

  it('draws skeletons for rows that are not read yet, and says what would be here when there are none', () => {
    const { container, rerender } = render(<Table rows={[undefined, { id: 'b' }]} />);
    expect(container.querySelectorAll('.grid-waiting')).toHaveLength(1);
    rerender(<Table rows={[]} loading />);
    expect(container.querySelectorAll('.grid-waiting').length).toBeGreaterThan(5);
    rerender(<Table rows={[]} empty="Nothing yet" />);
    expect(screen.getByText('Nothing yet')).toBeTruthy();
  });
});
