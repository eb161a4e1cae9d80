import { app, type BrowserWindow, ipcMain, Menu } from 'electron';
import { resolve } from 'node:path';
import { GatewayFailure, gatewayFiles, type RunningGateway, startGateway } from './gateway.ts';
import { mayTakeSecret } from './guard.ts';
import { SecretBox } from './handover.ts';
import { TAKE_SECRET } from './ipc.ts';
import { errorPage, startingPage } from './own-page.ts';
import { createWindow, forgetEverything, guardContents } from './window.ts';

/** One window, one gateway, one secret: the whole state of the shell. */
class Shell {
  #window: BrowserWindow | undefined;
  #gateway: RunningGateway | undefined;
  #starting: Promise<void> = Promise.resolve();
  #quitting = false;
  readonly #quit = new AbortController();
  readonly #secrets = new SecretBox();
  readonly #events = {
    onSecret: (secret: string) => this.#secrets.put(secret),
    onLost: (failure: GatewayFailure) => {
      this.#gateway = undefined;
      this.#show('Muster has stopped', failure);
    },
  };
  readonly origin = () => this.#gateway?.url;

  open(): void {
    guardContents(this.origin);
    this.#window = createWindow(this.origin);
    ipcMain.handle(TAKE_SECRET, (event) => {
      const main = this.#window?.webContents.mainFrame;
      return main && mayTakeSecret(event.senderFrame, main, this.origin()) ? this.#secrets.take() : null;
    });
    this.start();
  }

  /** Starts the gateway, after stopping the one before it. */
  start(): void {
    this.#starting = this.#starting.then(async () => {
      await this.#gateway?.stop();
      this.#gateway = undefined;
      if (this.#quitting) return;
      try {
        // The app's folder is apps/desktop/dist.
        this.#load(startingPage());
        const files = gatewayFiles(resolve(app.getAppPath(), '..', '..', '..'));
        const gateway = await startGateway(files, this.#events, { signal: this.#quit.signal });
        this.#gateway = gateway;
        this.#load(`${gateway.url}/`);
      } catch (error) {
        this.#show('Muster could not start', error);
      }
    });
  }

  focus(): void {
    if (this.#window?.isMinimized()) this.#window.restore();
    this.#window?.focus();
  }

  /** Resolves when the gateway is gone. */
  async quit(): Promise<void> {
    this.#quitting = true;
    this.#quit.abort();
    await this.#starting;
    await this.#gateway?.stop();
    this.#gateway = undefined;
  }

  #show(title: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#load(errorPage(title, reason, error instanceof GatewayFailure ? error.detail : ''));
  }

  #load(address: string): void {
    if (this.#quitting || !this.#window || this.#window.isDestroyed()) return;
    // Rejects when another address is loaded before this one is there.
    this.#window.loadURL(address).catch(() => undefined);
  }
}

function menu(shell: Shell): Menu {
  return Menu.buildFromTemplate([
    {
      label: 'Muster',
      submenu: [
        { label: 'Start again', click: () => shell.start() },
        { type: 'separator' },
        { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
  ]);
}

function main(): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // Enabling it takes --no-sandbox off the command line, without which no test can run as root. Each window asks
  // for the sandbox itself as well.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  const shell = new Shell();
  let gone = false;
  app.on('second-instance', () => shell.focus());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (gone) return;
    event.preventDefault();
    void Promise.allSettled([shell.quit(), forgetEverything()]).then(() => {
      gone = true;
      app.quit();
    });
  });
  void app.whenReady().then(async () => {
    // What a crash may have left.
    await forgetEverything();
    Menu.setApplicationMenu(menu(shell));
    shell.open();
  });
}

main();
