import type { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount, Mono, SpiffeIdText } from '../components/index.ts';
import type { Theme } from '../stores/window.ts';
import { PAGES } from './navigation.ts';
import type { useFound } from './queries.ts';

export interface PaletteItem {
  key: string;
  group: string;
  label: ReactNode;
  hint?: ReactNode;
  run: () => void;
}

type Navigate = ReturnType<typeof useNavigate>;
interface Doing {
  navigate: Navigate;
  setTheme: (theme: Theme) => void;
  signOut: () => void;
}

/** Pages and actions whose names hold every word typed. */
export function fixedItems(text: string, { navigate, setTheme, signOut }: Doing): PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const pages = PAGES.map((page) => ({
    key: page.to,
    group: 'Pages',
    name: page.label,
    hint: page.section,
    run: () => void navigate({ to: page.to }),
  }));
  const actions = [
    { name: 'New entry', run: () => void navigate({ to: '/entries/new' }) },
    { name: 'Theme: light', run: () => setTheme('light') },
    { name: 'Theme: dark', run: () => setTheme('dark') },
    { name: 'Theme: as the system', run: () => setTheme('system') },
    { name: 'Sign out, in all windows', run: signOut },
  ].map((action) => ({ ...action, key: action.name, group: 'Actions', hint: '' }));
  return [...pages, ...actions]
    .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
    .map(({ name, ...item }) => ({ ...item, label: name }));
}

/** Things of the servers that hold the text. */
export function foundItems(
  text: string,
  found: ReturnType<typeof useFound>,
  navigate: Navigate,
): PaletteItem[] {
  const entries = found.entries.data?.entries ?? [];
  const total = found.entries.data?.total ?? 0n;
  const items: PaletteItem[] = entries.map((entry) => ({
    key: `entry ${entry.connection}/${entry.id}`,
    group: 'Entries',
    label: <SpiffeIdText id={entry.spiffeId} />,
    hint: entry.connection,
    run: () => void navigate({ to: '/entries', search: { q: text, id: `${entry.connection}/${entry.id}` } }),
  }));
  if (total > entries.length)
    items.push({
      key: 'all entries',
      group: 'Entries',
      label: `All ${formatCount(total)} entries with “${text}”`,
      run: () => void navigate({ to: '/entries', search: { q: text } }),
    });
  for (const agent of found.agents.data?.agents ?? [])
    items.push({
      key: `agent ${agent.connection}/${agent.id}`,
      group: 'Agents',
      label: <SpiffeIdText id={agent.id} />,
      hint: agent.attestationType,
      run: () => void navigate({ to: '/agents', search: { q: text, id: agent.id } }),
    });
  const needle = text.toLowerCase();
  for (const channel of found.channels.data?.channels ?? [])
    if (channel.name.toLowerCase().includes(needle))
      items.push({
        key: `channel ${channel.connection}/${channel.name}`,
        group: 'Channels',
        label: <Mono>{channel.name}</Mono>,
        hint: channel.connection,
        run: () =>
          void navigate({ to: '/channels', search: { channel: `${channel.connection}/${channel.name}` } }),
      });
  return items;
}
