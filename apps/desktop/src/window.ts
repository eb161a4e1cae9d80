import { app, BrowserWindow, type Session, session, type WebContents } from 'electron';
import { join } from 'node:path';
import { isOurs, mayDownload, mayLoad, mayUse } from './guard.ts';

/** The gateway's origin; undefined while there is none. */
export type Origin = () => string | undefined;

/** Applies the rules of `guard.ts` to every page that this process will ever hold (S-30). */
export function guardContents(origin: Origin): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    const stay = (event: { preventDefault(): void }, url: string) => {
      const own = origin();
      if (own === undefined || !isOurs(url, own)) event.preventDefault();
    };
    contents.on('will-navigate', (event, url) => stay(event, url));
    contents.on('will-redirect', (event, url) => stay(event, url));
  });
}

/** Denies by default, in the one session that every window has. */
function guardSession(own: Session, origin: Origin): void {
  own.setPermissionRequestHandler((contents, permission, decide) =>
    decide(mayUse(permission, contents.getURL(), origin())),
  );
  own.setPermissionCheckHandler((_contents, permission, requester) =>
    mayUse(permission, requester, origin()),
  );
  own.setDevicePermissionHandler(() => false);
  own.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !mayLoad(details.url, origin()) }));
  own.on('will-download', (event, item) => {
    if (!mayDownload(item.getURL(), origin())) event.preventDefault();
  });
  own.setSpellCheckerEnabled(false);
}

/** Leaves nothing of a session on the disk (S-34). The port differs at each start, so none of it is of use again. */
export async function forgetEverything(): Promise<void> {
  await Promise.all([session.defaultSession.clearStorageData(), session.defaultSession.clearCache()]);
}

export function createWindow(origin: Origin): BrowserWindow {
  guardSession(session.defaultSession, origin);
  const window = new BrowserWindow({
    title: 'Muster',
    width: 1360,
    height: 880,
    minWidth: 720,
    minHeight: 480,
    show: false,
    webPreferences: {
      preload: join(app.getAppPath(), 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => window.show());
  return window;
}
