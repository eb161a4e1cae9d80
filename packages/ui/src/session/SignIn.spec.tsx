// @vitest-environment jsdom
import { signInLink } from '@muster/api';
import { Code, ConnectError } from '@connectrpc/connect';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../testing/dom.ts';
import { fakeConsole, fakeTransport } from '../testing/fake/index.ts';
import type { SessionState } from './controller.ts';
import { ConsoleContext } from './SessionContext.ts';
import { SignIn } from './SignIn.tsx';

prepareDom();
const GATEWAY = 'http://127.0.0.1:7420';
const secret = { instance: new Uint8Array(16), id: new Uint8Array(8), secret: new Uint8Array(32).fill(1) };

function show(state: SessionState, signIn = vi.fn(async () => undefined)) {
  const console = fakeConsole(fakeTransport(), state);
  render(
    <ConsoleContext value={{ ...console, session: { ...console.session, signIn } }}>
      <SignIn />
    </ConsoleContext>,
  );
  return signIn;
}

describe('signing in', () => {
  it('says why, how to get a link, and that what was typed stays', async () => {
    const signIn = show({ state: 'signed-out', reason: 'The gateway was restarted.', keep: true });
    const text = screen.getByRole('dialog').textContent ?? '';
    for (const part of ['Sign in again', 'The gateway was restarted.', 'npx muster open', 'stays as it is'])
      expect(text).toContain(part);
    fireEvent.change(screen.getByLabelText('Sign-in link'), {
      target: { value: signInLink(GATEWAY, secret) },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(signIn).toHaveBeenCalledWith(expect.objectContaining({ id: secret.id })));
    // The secret does not stay in the page.
    expect(screen.getByLabelText<HTMLInputElement>('Sign-in link').value).toBe('');
  });

  it('says why a link was refused', async () => {
    show(
      { state: 'signed-out', reason: '', keep: false },
      vi.fn(async () => Promise.reject(new ConnectError('no', Code.Unauthenticated))),
    );
    fireEvent.change(screen.getByLabelText('Sign-in link'), {
      target: { value: signInLink(GATEWAY, secret) },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findByRole('alert')).textContent).toContain('used already');
  });

  it('warns of a program that is not our gateway, and offers no way to send it a secret', () => {
    show({ state: 'not-our-gateway', reason: 'Its answer is not signed.', keep: true });
    expect(screen.getByRole('dialog').textContent).toContain('This is not our gateway');
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('stands aside when there is a session', () => {
    show({ state: 'signed-in', id: 'x' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
