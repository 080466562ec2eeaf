/** The window's preload; Vite makes one CommonJS file of it, since a sandboxed preload may require Electron alone. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { exposeWindow } from './bridge.ts';

exposeWindow({ contextBridge, ipcRenderer, webUtils, page: globalThis as never });
