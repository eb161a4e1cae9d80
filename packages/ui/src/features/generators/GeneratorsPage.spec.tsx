// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { KINDS } from './kinds.ts';

prepareDom();
const WAIT = { timeout: 8000 };
const shown = (name: string) => screen.getByLabelText(name, { selector: 'pre' }).textContent;

describe('Generate', () => {
  it('leads from the server over the entry to the file, and the address holds the way', async () => {
    const { router, world } = renderConsole('/generate');
    await screen.findByText('Configuration from what is there', {}, WAIT);
    fireEvent.click(screen.getByRole('button', { name: /^docker run/ }));
    await screen.findByText('Choose an entry', {}, WAIT);
    const list = await screen.findByRole('list', { name: 'Entries found' }, WAIT);
    await waitFor(() => expect(list.querySelector('button')).toBeTruthy(), WAIT);
    fireEvent.click(list.querySelector('button') as HTMLElement);
    await screen.findByLabelText('run.sh', { selector: 'pre' }, WAIT);
    expect(shown('run.sh')).toBe('docker run app:1\n');
    expect(router.state.location.search).toMatchObject({ connection: 'spire-org-a', kind: 'docker-run' });
    expect(world.entries.some(({ id }) => id === router.state.location.search.entry)).toBe(true);
  });

  it('makes it anew with an option, and keeps the last good file beside the reason when one is refused', async () => {
    const world = new World();
    renderConsole(`/generate?connection=spire-org-a&entry=${world.entries[0]?.id}&kind=docker-run`, world);
    const image = await screen.findByLabelText('Image', {}, WAIT);
    fireEvent.change(image, { target: { value: 'other:2' } });
    await waitFor(() => expect(shown('run.sh')).toBe('docker run other:2\n'), WAIT);
    expect(screen.getByText('Every selector has its option.')).toBeTruthy();
    fireEvent.change(image, { target: { value: 'bad' } });
    expect((await screen.findByRole('alert', {}, WAIT)).textContent).toContain('options.image');
  });

  it('says why a kind does not fit', async () => {
    const world = new World();
    renderConsole(`/generate?connection=spire-org-a&entry=${world.entries[0]?.id}&kind=pod-manifest`, world);
    await screen.findByText('No selector of this entry is of Kubernetes.', {}, WAIT);
  });

  it('puts a join token into the file that is shown, and sends it nowhere', async () => {
    renderConsole('/generate?connection=spire-org-a&kind=agent-conf');
    const token = await screen.findByLabelText('Join token optional', {}, WAIT);
    fireEvent.change(token, { target: { value: ' 1b2c"}\n ' } });
    expect(shown('agent.conf')).toBe('join_token = "1b2c}"\n');
    fireEvent.click(screen.getByRole('tab', { name: 'bootstrap.pem' }));
    expect(shown('bootstrap.pem')).toContain('BEGIN CERTIFICATE');
  });

  it('has a name of its own for each kind in the address', () => {
    expect(new Set(KINDS.map(({ slug }) => slug)).size).toBe(8);
  });
});
