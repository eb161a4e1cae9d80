import { create } from '@bufbuild/protobuf';
import { LinkStatus, NetworkLinkSchema, NetworkNodeSchema, SegmentSchema } from '@muster/api';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { NetworkMap } from './NetworkMap.tsx';
import type { NetworkSearch } from './search.ts';

afterEach(cleanup);

const connection = 'cp';
const nodes = Array.from({ length: 1000 }, (_, i) => {
  const domain = `d${i % 10}`;
  return create(NetworkNodeSchema, { connection, id: `${domain}/n${i}`, domain, status: 'connected' });
});
const links = nodes.slice(1).map(({ id }, i) =>
  create(NetworkLinkSchema, {
    connection,
    source: nodes[i]?.id ?? '',
    destination: id,
    linkId: String(i),
    status: LinkStatus.APPLIED,
  }),
);
const segments = [
  create(SegmentSchema, {
    connection,
    name: 's',
    domains: ['d0', 'd1'],
    links: [{ domainA: 'd0', domainB: 'd1' }],
  }),
];

function renderMap(search: NetworkSearch = {}) {
  const onChange = vi.fn<(next: NetworkSearch) => void>();
  const { container } = render(
    <NetworkMap
      nodes={nodes}
      links={links}
      segments={segments}
      several={false}
      search={search}
      way={undefined}
      onChange={onChange}
    />,
  );
  const svg = screen.getByRole('group', { name: 'Map of 10 domains, 1000 nodes, 999 links' });
  return { container, onChange, svg, map: within(svg) };
}

it('draws a thousand nodes as their domains, says how many links, and opens one', () => {
  const { map, svg, onChange } = renderMap();
  expect(map.getAllByRole('button', { name: /^Domain/ })).toHaveLength(10);
  expect(map.queryByRole('button', { name: /^Node/ })).toBeNull();
  const pill = map.getByRole('button', { name: 'Segment s: d0 – d1, linked, 100 links' });
  expect(pill.querySelector('text')?.textContent).toBe('s · 100');
  // Whatever the network holds, the picture is small enough to be drawn in one frame.
  expect(svg.querySelectorAll('*').length).toBeLessThan(400);
  fireEvent.click(map.getByRole('button', { name: 'Domain d3: 100 nodes, connected' }));
  expect(onChange).toHaveBeenCalledExactlyOnceWith({ open: 'domain', id: 'd3', on: connection });
});

it('draws the nodes of the domain that is open, or of whose node is', () => {
  for (const search of [
    { open: 'domain', id: 'd3', on: connection },
    { open: 'node', id: 'd3/n13', on: connection },
  ]) {
    const { map, container } = renderMap(search);
    const drawn = map.getAllByRole('button', { name: /^Node/ });
    expect(drawn).toHaveLength(100);
    expect(drawn.every((one) => one.getAttribute('aria-label')?.startsWith('Node d3/'))).toBe(true);
    expect(container.textContent).toContain('Only the links of this domain are drawn.');
    cleanup();
  }
});

it('shows the lines of the domain that is pointed at', () => {
  const { map, svg } = renderMap();
  const domain = map.getByRole('button', { name: /^Domain d3/ });
  fireEvent.focus(domain);
  expect(svg.querySelectorAll('.nm-link.near')).toHaveLength(2);
  expect(svg.querySelectorAll('.nm-link.far')).toHaveLength(8);
  fireEvent.blur(domain);
  expect(svg.querySelectorAll('.near, .far')).toHaveLength(0);
});

it('is made larger and smaller by buttons and keys, and goes back', () => {
  const { svg, map } = renderMap();
  const byItself = svg.style.width;
  const width = () => Number.parseFloat(svg.style.width);
  fireEvent.click(screen.getByRole('button', { name: 'Larger' }));
  const larger = width();
  fireEvent.keyDown(map.getByRole('button', { name: /^Domain d3/ }), { key: '-' });
  expect(width()).toBeLessThan(larger);
  fireEvent.click(screen.getByRole('button', { name: 'Reset' }));
  expect(svg.style.width).toBe(byItself);
  expect(screen.queryByRole('button', { name: 'Reset' })).toBeNull();
});
