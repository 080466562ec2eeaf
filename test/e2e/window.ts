/** Drives daimon as a person would: `npm start`'s program in a process of its own, and a real Chromium. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { root } from './daimon.ts';

export interface Started {
  /** What the program printed: an address that works once. */
  readonly address: string;
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
}

/** Runs the start program until it has printed an address. */
export async function start(folder: string, program = 'src-main/shell/browser/start.ts'): Promise<Started> {
  const core = spawn(process.execPath, [program], {
    cwd: root,
    env: { ...process.env, DAIMON_DATA: folder, HEADLESS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => core.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    core.stdout.on('data', (chunk: Buffer) => {
      const found = /http:\/\/\S+/.exec((text += chunk.toString()));
      if (found) resolve(found[0]);
    });
    void exited.then(() => reject(new Error(`daimon ended: ${text}`)));
  });
  return { address, process: core, exited };
}

export const browserOptions = {
  executablePath: process.env['DAIMON_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
};
export const openBrowser = (): Promise<Browser> => chromium.launch(browserOptions);

/** A page that remembers what no page of ours may do: errors on the console, requests past its own origin. */
export async function openPage(browser: Browser, address: string, options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 800 },
    // Colours that are still on their way from one theme to the other are nobody's contrast.
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(address).origin) complaints.push(`left its origin: ${origin}`);
  });
  await page.goto(address);
  return { page, complaints, close: () => context.close() };
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** No accessibility fault that axe knows, by WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(axeFile, 'utf8'));
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(node: unknown, options: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run((globalThis as unknown as { document: unknown }).document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
  expect(found).toEqual([]);
}
