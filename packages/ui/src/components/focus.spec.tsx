// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../testing/dom.ts';
import { DetailPanel, Dialog } from './index.ts';

prepareDom();

function Opener() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button onClick={() => setOpen(true)}>Open</button>
      {open && (
        <Dialog title="A question" onClose={() => setOpen(false)}>
          <button onClick={() => setOpen(false)}>Never mind</button>
        </Dialog>
      )}
    </>
  );
}

describe('the focus', () => {
  it('returns to what opened a dialog', () => {
    render(<Opener />);
    const opener = screen.getByRole('button', { name: 'Open' });
    opener.focus();
    fireEvent.click(opener);
    const inside = screen.getByRole('button', { name: 'Never mind' });
    inside.focus();
    fireEvent.click(inside);
    expect(document.activeElement).toBe(opener);
  });

  it('returns to the list from the panel beside it', () => {
    const page = (open: boolean) => (
      <div>
        <div role="grid" tabIndex={0} aria-label="Things" />
        {open && (
          <DetailPanel kind="Thing" title="One" onClose={() => undefined}>
            <button>Do</button>
          </DetailPanel>
        )}
      </div>
    );
    const { rerender } = render(page(true));
    screen.getByRole('button', { name: 'Do' }).focus();
    rerender(page(false));
    expect(document.activeElement).toBe(screen.getByRole('grid'));
  });
});

describe('Escape', () => {
  it('closes the panel from its list, and is left alone in a field', () => {
    const onClose = vi.fn();
    render(
      <div>
        <input aria-label="Search" />
        <div role="grid" tabIndex={0} aria-label="Things" />
        <DetailPanel kind="Thing" title="One" onClose={onClose}>
          text
        </DetailPanel>
      </div>,
    );
    fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Escape' });
    expect(onClose).not.toHaveBeenCalled();
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'Escape' });
    expect(onClose).toHaveBeenCalledOnce();
  });
});
