import { contextBridge, ipcRenderer } from 'electron';
import { type DesktopBridge, TAKE_SECRET } from './ipc.ts';

// Functions of ours only: no Electron object reaches the page.
const bridge: DesktopBridge = {
  takeSecret: async () => {
    const secret: unknown = await ipcRenderer.invoke(TAKE_SECRET);
    return typeof secret === 'string' ? secret : null;
  },
  platform: process.platform,
};

contextBridge.exposeInMainWorld('musterDesktop', bridge);
