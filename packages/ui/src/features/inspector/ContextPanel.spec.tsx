// @vitest-environment jsdom
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ContextTone, ContextTopic, GetContextResponseSchema } from '@muster/api';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { injected, shownTexts, UNSEEN } from '../../testing/hostile.ts';
import { PAYLOADS } from '../../testing/payloads.ts';
import { ContextNote, ContextPanel } from './ContextPanel.tsx';

afterEach(cleanup);

/** Links of the console need a router around them. */
async function show(children: ReactNode) {
  const router = createRouter({
    routeTree: createRootRoute({ component: () => children }),
    history: createMemoryHistory(),
  });
  await router.load();
  return render(<RouterProvider router={router} />);
}

const told = ['SPIFFE ID', 'serial number'];
const context = (said?: string) =>
  create(GetContextResponseSchema, {
    summary: said ?? 'Its entry is gone.',
    tone: ContextTone.DANGER,
    at: timestampFromMs(Date.now() - 3000),
    findings: [
      {
        topic: ContextTopic.ENTRY,
        code: 'entry-gone',
        tone: ContextTone.DANGER,
        title: said ?? 'Its entry is gone',
        text: said ?? 'Entry e1 was deleted.',
        connection: said ?? 'spire-org-a',
        asOf: timestampFromMs(Date.now() - 2000),
        links: [
          { text: said ?? 'History', link: '/history?q=x' },
          { text: 'Out', link: said ?? 'https://evil.example/' },
        ],
      },
      {
        topic: ContextTopic.USE,
        code: 'audience-wide',
        tone: ContextTone.WARNING,
        title: 'For 2 audiences',
        text: 'Each.',
      },
      {
        topic: ContextTopic.USE,
        code: 'slim-unmapped',
        tone: ContextTone.UNKNOWN,
        title: 'Channels are not known',
        text: 'No rule.',
      },
    ],
    entries: [1, 2].map((index) => ({
      entry: {
        connection: 'spire-org-a',
        id: `${said ?? 'e'}${index}`,
        parentId: said ?? 'spiffe://org-a.test/node',
      },
      couldIssue: index === 1,
      reason: index === 1 ? '' : (said ?? 'It was created later.'),
    })),
    gone: [
      {
        id: 7n,
        entryId: said ?? 'e0',
        seenAt: timestampFromMs(Date.now() - 60_000),
        origin: said ?? 'Made elsewhere.',
      },
    ],
    command: { tool: 'spire-server', line: said ?? 'spire-server entry show' },
  });

describe('what this console sees beyond the document', () => {
  it('is said by topic, with its word, who said it and links inside the console only', async () => {
    await show(<ContextPanel state={{ state: 'ready', context: context(), told }} />);
    const entry = screen.getByRole('region', { name: 'Registration entry' });
    expect(within(entry).getByText('alarm')).toBeDefined();
    expect(entry.textContent).toMatch(/by spire-org-a, [0-9]+ s ago/u);
    expect(within(entry).getByRole('link', { name: 'History' }).getAttribute('href')).toBe('/history?q=x');
    expect(screen.queryByRole('link', { name: 'Out' })).toBeNull();
    const table = within(entry).getByRole('table', { name: 'Entries of this SPIFFE ID' });
    expect(within(table).getAllByRole('row')).toHaveLength(3);
    expect(within(table).getByText('It was created later.')).toBeDefined();
    expect(within(entry).getByText('Made elsewhere.')).toBeDefined();
    const use = screen.getByRole('region', { name: 'Who accepts it, and for what' });
    expect(within(use).getByText('unknown')).toBeDefined();
    expect(document.body.textContent).toContain('no part of the verdict');
    expect(document.body.textContent).toContain(
      'The gateway was told SPIFFE ID, serial number, and not the document.',
    );
  });

  it('beside the verdict: the sentence, what should not be missed, and the way to the rest', async () => {
    const onMore = vi.fn();
    await show(<ContextNote state={{ state: 'ready', context: context(), told }} onMore={onMore} />);
    expect(screen.getByText('Its entry is gone.')).toBeDefined();
    expect(screen.getByText('For 2 audiences')).toBeDefined();
    // The summary has said it.
    expect(screen.queryByText('Its entry is gone')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: /Entry, agent/u }));
    expect(onMore).toHaveBeenCalledOnce();
  });

  it('where there is nothing to ask by: why', async () => {
    await show(<ContextPanel state={{ state: 'none', reason: 'It is no valid SPIFFE ID.' }} />);
    expect(screen.getByText('It is no valid SPIFFE ID.')).toBeDefined();
    cleanup();
    const { container } = await show(<ContextNote state={{ state: 'none', reason: '' }} onMore={() => {}} />);
    expect(container.textContent).toBe('');
  });

  it('of a gateway on another machine is asked for by a person only, who is told what goes there', async () => {
    const ask = vi.fn();
    await show(<ContextPanel state={{ state: 'ask', told, ask }} />);
    expect(document.body.textContent).toContain('It would be told: SPIFFE ID, serial number.');
    expect(ask).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole('button', { name: 'Ask what this console knows' }));
    expect(ask).toHaveBeenCalledOnce();
  });

  it('when it cannot be had, says so and is tried again', async () => {
    const retry = vi.fn();
    await show(<ContextPanel state={{ state: 'failed', error: new Error('away'), retry }} />);
    fireEvent.click(screen.getByRole('button', { name: /again/iu }));
    expect(retry).toHaveBeenCalledOnce();
  });

  it('S-11 S-12: whatever a server says in it is text', async () => {
    const found = new Set<string>();
    for (const said of PAYLOADS) {
      await show(<ContextPanel state={{ state: 'ready', context: context(said), told }} />);
      for (const problem of injected(document.body)) found.add(problem);
      for (const { text, place } of shownTexts(document.body))
        if (UNSEEN.test(text.replaceAll('\n', ''))) found.add(`unseen characters in ${place}`);
      cleanup();
    }
    expect([...found]).toEqual([]);
  });
});
