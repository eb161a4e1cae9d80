import { GroupService, type ListRosterEventsRequest, RosterEventKind } from '@muster/api';
import { createRouterTransport } from '@connectrpc/connect';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { toCsv } from './words.ts';
import { World } from '../../testing/fake/index.ts';
import { makeRosterEvents } from '../../testing/fake/rosters.ts';

// Two cores are shared with the other specs.
configure({ asyncUtilTimeout: 8000 });

afterEach(cleanup);

const evil = 'org/ns/<img src=x>\u202Egnp';

/** The fake gateway with a history that listens to its filters, and notes what it was asked. */
function open(address: string, { gap = false, members = [] as readonly string[] } = {}) {
  const asked: ListRosterEventsRequest[] = [];
  const own = createRouterTransport(({ rpc }) => {
    rpc(GroupService.method.listRosterEvents, (request) => {
      asked.push(request);
      const [first] = makeRosterEvents();
      const odd = members.flatMap((member, index) =>
        first ? [{ ...first, member, id: BigInt(100 + index) }] : [],
      );
      const events = [...odd, ...makeRosterEvents()].filter(
        ({ kind, member }) =>
          (request.kinds.length === 0 || request.kinds.includes(kind)) &&
          (request.member === '' || request.member === member),
      );
      return {
        events,
        total: BigInt(events.length),
        keptSince: timestampFromMs(Date.now() - 86_400_000),
        warnings: gap ? [{ code: 'roster-gap', text: 'node-1 was not watched from 1 to 2.' }] : [],
      };
    });
  });
  renderConsole(address, new World(), (whole) => ({
    unary: (method, ...rest) =>
      method.name === GroupService.method.listRosterEvents.name
        ? own.unary(method, ...rest)
        : whole.unary(method, ...rest),
    stream: (...call) => whole.stream(...call),
  }));
  return asked;
}

describe('the history of rosters', () => {
  it('lists what happened, newest first, and whose doing it was', async () => {
    open('/roster');
    const grid = await screen.findByRole('grid', { name: 'Roster events' });
    await within(grid).findByTitle('agntcy/ops/dave');
    const rows = within(grid).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent)).toHaveLength(4);
    expect(rows[0]?.textContent).toContain('offline');
    expect(screen.getByText(/at most 100,000 events/u)).toBeTruthy();
  });

  it('opens one with its time, its channel and the record of its action', async () => {
    open('/roster?id=3');
    const detail = await screen.findByRole('complementary', { name: 'agntcy/ops/bob' });
    expect(within(detail).getByRole('link', { name: 'Invite member' }).getAttribute('href')).toContain(
      '/activity?id=r1',
    );
    expect(detail.textContent).toContain('applied by browser 0011223344556677');
    expect(within(detail).getByRole('link', { name: 'agntcy/ops/fleet' }).getAttribute('href')).toContain(
      '/channels?channel=node-1/agntcy/ops/fleet',
    );
  });

  it('is narrowed by the address, and by what is chosen', async () => {
    const asked = open('/roster?member=agntcy/ops/alice&span=24h');
    await waitFor(() => expect(asked.at(-1)?.member).toBe('agntcy/ops/alice'));
    expect(asked.at(-1)?.since).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'What happened' }));
    fireEvent.click(await screen.findByRole('option', { name: 'offline', hidden: true }));
    await waitFor(() => expect(asked.at(-1)?.kinds).toEqual([RosterEventKind.OFFLINE]));
    expect(await screen.findByText('Nothing matches')).toBeTruthy();
  });

  it('says when nobody watched', async () => {
    open('/roster', { gap: true });
    fireEvent.click(await screen.findByText('There is a gap in which nobody watched'));
    expect(screen.getByText(/node-1 was not watched/u)).toBeTruthy();
  });

  it('S-11 S-12: shows names from a server as text, and spells out what would deceive', async () => {
    open('/roster', { members: [evil] });
    const grid = await screen.findByRole('grid', { name: 'Roster events' });
    await within(grid).findByTitle(/img src=x/u);
    expect(grid.querySelector('img')).toBeNull();
    expect(grid.textContent).not.toMatch(/\u202E/u);
    expect(grid.textContent).toContain('\\u{202e}');
  });

  it('S-22: names that a spreadsheet would run are quoted in the file', () => {
    const [first] = makeRosterEvents();
    if (!first) throw new Error('no event');
    const text = toCsv([{ ...first, member: '=HYPERLINK("http://x")', note: evil }]);
    expect(text).toContain("'=HYPERLINK");
    expect(text.split('\n')[0]).toContain('applied by');
  });
});
