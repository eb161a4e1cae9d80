import { useNavigate, useSearch } from '@tanstack/react-router';
import { type Dispatch, useEffect, useEffectEvent, useRef } from 'react';
import { type ResultTab, resultTabs } from './Result.tsx';
import { type BenchAction, emptyBench, type Workbench } from './workbench.ts';

/** The verifier as the address names it: who asks, and when. Never anything of a document (S-13, S-14). */
export interface AddressSettings {
  readonly audience: string;
  readonly trustDomain: string;
  /** `2026-11-22T12:00:00`, UTC; empty: now. */
  readonly at: string;
}

interface Address {
  readonly audience?: string;
  readonly verifier?: string;
  readonly at?: string;
  readonly tab?: string;
}

/** What the address says, and how to change it. */
export function useAddress() {
  const search: Address = useSearch({ strict: false });
  const navigate = useNavigate();
  const put = (values: Address) =>
    void navigate({
      to: '.',
      search: (old: object) => ({ ...old, ...values }),
      replace: true,
      // A tab that is opened stays where it is.
      resetScroll: false,
    });
  return {
    tab: resultTabs.find((one) => one === search.tab),
    settings: settingsOf(search),
    setTab: (tab: ResultTab) => put({ tab }),
    setSettings: ({ audience, trustDomain, at }: AddressSettings) =>
      put({ audience, verifier: trustDomain, at }),
  };
}

export function settingsOf({ audience = '', verifier = '', at = '' }: Address): AddressSettings {
  return { audience, trustDomain: verifier, at: /^[\dT:-]{10,19}$/u.test(at) ? at : '' };
}

/** The bench that the page begins with. */
export function benchWith({ audience, trustDomain, at }: AddressSettings): Workbench {
  return { ...emptyBench, audience, trustDomain, moment: momentWith(at) };
}

function momentWith(at: string): Workbench['moment'] {
  return at === '' ? { mode: 'now' } : { mode: 'chosen', text: at };
}

/** Milliseconds without a key stroke before the address follows. */
const settled = 400;

/** The address follows the settings, and the settings follow an address that is opened while the page is. */
export function useSettingsInAddress(
  { audience, trustDomain, moment }: Workbench,
  settings: AddressSettings,
  setSettings: (settings: AddressSettings) => void,
  act: Dispatch<BenchAction>,
): void {
  const at = moment.mode === 'now' ? '' : moment.text;
  const bench = JSON.stringify([audience, trustDomain, at]);
  const address = JSON.stringify([settings.audience, settings.trustDomain, settings.at]);
  // The last that both agreed on: the one that has moved away from it is the one to follow.
  const agreed = useRef(address);
  const write = useEffectEvent(() => setSettings({ audience, trustDomain, at }));
  const read = useEffectEvent(() =>
    act({
      do: 'set',
      values: {
        audience: settings.audience,
        trustDomain: settings.trustDomain,
        moment: momentWith(settings.at),
      },
    }),
  );
  useEffect(() => {
    if (bench === address) {
      agreed.current = address;
      return;
    }
    if (address !== agreed.current) {
      agreed.current = address;
      read();
      return;
    }
    const timer = setTimeout(write, settled);
    return () => clearTimeout(timer);
  }, [bench, address]);
}
