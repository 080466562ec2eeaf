/** daimon's desktop shell in the real Electron, driven by Playwright, where its binary and a display are. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { electronBinary } from '../../src-main/shell/choose.ts';
import { root } from './daimon.ts';

/** Why the real Electron cannot be driven here; undefined when it can. */
export function whyNot(): string | undefined {
  if (!electronBinary(root)) return 'no Electron binary';
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'no display';
  if (!existsSync(join(root, 'dist', 'preload', 'preload.cjs'))) return 'the window has not been built';
  return undefined;
}

export interface Real {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly folder: string;
  /** What the page complained of on its console. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export async function openReal(): Promise<Real> {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-electron-'));
  const app = await _electron.launch({
    executablePath: electronBinary(root)!,
    args: [join(root, 'src-main/shell/electron/main.ts')],
    env: { ...(process.env as Record<string, string>), DAIMON_DATA: folder },
  });
  const page = await app.firstWindow();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return {
    app,
    page,
    folder,
    complaints,
    async close() {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
