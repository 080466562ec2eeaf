/** The confirm window's preload; built like the window's. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { exposeConfirm } from './bridge.ts';

exposeConfirm({ contextBridge, ipcRenderer, webUtils, page: globalThis as never });
