import { browserPlatform, desktopPlatform, mountConsole } from '@muster/ui';

const fake = import.meta.env.DEV ? new URLSearchParams(location.search).get('fake') : null;
if (import.meta.env.DEV && fake !== null) {
  // Pages without a gateway, for drawing them. Not in the built page.
  const { fakeConsole, fakeTransport, World } = await import('@muster/ui/fake');
  const { platform, session } = fakeConsole(
    fakeTransport(new World(), 400),
    fake === 'out' ? { state: 'signed-out', reason: 'The session has ended.', keep: true } : undefined,
  );
  mountConsole(platform, session);
} else {
  mountConsole(window.musterDesktop ? desktopPlatform(window.musterDesktop) : browserPlatform());
}
