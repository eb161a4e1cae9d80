import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Theme = 'light' | 'dark' | 'system';

interface WindowStore {
  theme: Theme;
  setTheme: (theme: Theme) => void;
}

/** What belongs to this person's windows. `theme.js` reads the same key before the first paint. */
export const useWindow = create<WindowStore>()(
  persist((set) => ({ theme: 'system', setTheme: (theme) => set({ theme }) }), { name: 'muster-window' }),
);

/** Keeps `data-theme` on the document true. @returns what stops it */
export function followTheme(): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme } = useWindow.getState();
    document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  };
  apply();
  dark.addEventListener('change', apply);
  const stop = useWindow.subscribe(apply);
  return () => {
    stop();
    dark.removeEventListener('change', apply);
  };
}
