/** How soon the first word stands on the screen, and what painting a hundred tokens a second takes of a core. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { coreDoor } from '../src-main/doors.ts';
import { reachCore } from '../src-main/shell/listen.ts';
import { connect } from '../src-main/wire/index.ts';
import { password } from '../test/e2e/core.ts';
import { daimon, modelFile, PASSWORD, type Daimon } from '../test/e2e/daimon.ts';
import { openBrowser, openPage, start } from '../test/e2e/window.ts';
import { KINDS, type Kind } from './chat-paint-text.ts';
import type { Figure } from './figure.ts';

const ROUNDS = Number(process.env['DAIMON_ROUNDS'] ?? 12);
const SECONDS = 8;
const LONG = 100_000;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** The window as a person has it: awake, with a model, its conversation empty. */
async function awake(one: Daimon, program?: string) {
  const started = await start(one.folder, program);
  await one.call('vault.create', { name: 'Wren' });
  await one.call('engine.import', { path: modelFile });
  const browser = await openBrowser();
  const { page } = await openPage(browser, started.address);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Wake Wren' }).click();
  const field = page.getByLabel('Message to Wren');
  await field.waitFor({ timeout: 20_000 });
  return {
    page,
    browser,
    field,
    async close() {
      await browser.close();
      started.process.kill('SIGTERM');
      await started.exited;
    },
  };
}

/** Runs in the page: milliseconds from the press of Enter until a frame with answer text has been drawn. */
const WATCH = `(() => {
  const after = (done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); };
  let inFrame = false;
  let last = 0;
  window.intervals = [];
  const loop = (at) => { window.intervals.push(at - last); last = at; inFrame = true; after(() => (inFrame = false)); requestAnimationFrame(loop); };
  requestAnimationFrame(loop);
  addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const pressed = event.timeStamp;
    const before = document.querySelectorAll('article.daimon').length;
    let seen = 0;
    const observer = new MutationObserver(() => {
      const all = document.querySelectorAll('article.daimon');
      const answer = all[all.length - 1]?.querySelector('.answer .prose');
      if (all.length <= before || !answer || !answer.textContent.trim()) return;
      observer.disconnect();
      seen = performance.now() - pressed;
      const end = () => after(() => window.arrived([performance.now() - pressed, seen]));
      // What changes within a frame is drawn by that frame; anything else by the next.
      if (inFrame) end(); else requestAnimationFrame(end);
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true });
  }, true);
})()`;

const page_ = <T>(page: Page, expression: string) => page.evaluate(expression) as Promise<T>;

/** Key press to the first painted word, over the time that the engine took for its first token. */
export async function firstWord(rounds = ROUNDS): Promise<Figure[]> {
  const one = daimon();
  const { page, field, close } = await awake(one);
  try {
    await page_(page, WATCH);
    const painted: number[] = [];
    const seen: number[] = [];
    await page_(page, 'void (window.intervals.length = 0)');
    for (let i = 0; i < rounds + 1; i++) {
      await field.fill(`Tell me of boat ${i} in a few words.`);
      await page_(page, 'void (window.arrival = new Promise((resolve) => (window.arrived = resolve)))');
      await field.press('Enter');
      const [atPaint, inPage] = await page_<[number, number]>(page, 'window.arrival');
      painted.push(atPaint);
      seen.push(inPage);
      await page
        .getByRole('button', { name: 'Stop', exact: true })
        .click({ timeout: 2000 })
        .catch(() => {});
      await page.getByRole('button', { name: 'Send', exact: true }).waitFor({ timeout: 60_000 });
      await sleep(300);
    }
    const intervals = (await page_<number[]>(page, 'window.intervals')).toSorted((a, b) => a - b);
    const frames = intervals[Math.floor(intervals.length * 0.9)]!;
    const wire = (await reachCore(one.folder))!;
    const core = connect(coreDoor, wire);
    await core['vault.unlock']({ password: password() });
    const [conversation] = await core['assistant.conversations']({});
    const { messages } = await core['assistant.messages']({ conversation: conversation!.id, limit: 100 });
    wire.close();
    const engine = messages.filter(({ role }) => role === 'assistant').map(({ firstTokenMs }) => firstTokenMs ?? NaN);
    // The first answer waits for the model to be loaded, which is no part of the window.
    const over = (times: number[]) => times.map((time, i) => time - engine[i]!).slice(1);
    const first = median(over(painted));
    return [
      {
        name: 'first painted token over the engine’s first token, median',
        value: first,
        unit: 'ms',
        bound: '≤ 30',
        // Where frames come late by themselves, a late word says more about other programs than about the window.
        holds: first <= 30 ? true : frames > 20 ? null : false,
      },
      { name: 'first painted token over the engine’s, worst', value: Math.max(...over(painted)), unit: 'ms' },
      { name: 'of it until the word is in the page, median', value: median(over(seen)), unit: 'ms' },
      { name: 'the engine’s own first token, median', value: median(engine.slice(1)), unit: 'ms' },
      { name: 'nine of ten frames came meanwhile within (16.7 where nothing else runs)', value: frames, unit: 'ms' },
    ];
  } finally {
    await close();
    await one.remove();
  }
}

interface Times {
  readonly renderer: number;
  readonly compositor: number;
  readonly tasks: number;
}
async function times(browser: CDPSession, tab: CDPSession): Promise<Times> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const of = (type: string) =>
    processInfo.filter((one) => one.type === type).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  const { metrics } = await tab.send('Performance.getMetrics');
  return {
    renderer: of('renderer'),
    compositor: of('GPU'),
    tasks: metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN,
  };
}

/** Shares of a core while an answer grows by 100 tokens a second, from its beginning and at the end of a long one. */
export async function painting(kinds: readonly Kind[] = KINDS): Promise<Figure[]> {
  const one = daimon();
  const { page, browser, field, close } = await awake(one, 'bench/chat-paint-start.ts');
  try {
    const all = await browser.newBrowserCDPSession();
    const tab = await page.context().newCDPSession(page);
    await tab.send('Performance.enable', { timeDomain: 'timeTicks' });
    const figures: Figure[] = [];
    for (const [kind, at] of [['mixed', 0] as const, ...kinds.map((each) => [each, LONG] as const)]) {
      await page.goto(page.url().replace(/#.*/, '#/chat'));
      await field.waitFor();
      await field.fill(`${kind} at ${at} for ${SECONDS + 4}`);
      await field.press('Enter');
      await page.locator('article.daimon .answer .prose').last().waitFor({ timeout: 60_000 });
      if (at > 0) await sleep(3000 + (at / 4000) * 10);
      await sleep(1000);
      const letters = () => page_<number>(page, "document.querySelector('article.daimon:last-of-type .answer').textContent.length"); // prettier-ignore
      const [before, from, began] = [await times(all, tab), await letters(), performance.now()];
      await sleep(SECONDS * 1000);
      const [after, to, ms] = [await times(all, tab), await letters(), performance.now() - began];
      const share = (part: keyof Times) => ((after[part] - before[part]) * 100_000) / ms;
      const name = at > 0 ? `${kind}, at the end of 100 kB` : `${kind}, from the beginning`;
      // An answer that stood still would cost nothing; of a long table only the count of its rows is on the page.
      const moved = kind === 'table' ? to > 1000 : to - from > SECONDS * 150;
      figures.push(
        {
          name: `painting 100 tokens/s: ${name}: renderer`,
          value: share('renderer'),
          unit: '% of a core',
          bound: '≤ 15',
          holds: moved && share('renderer') <= 15,
        },
        { name: `painting 100 tokens/s: ${name}: its main thread`, value: share('tasks'), unit: '% of a core' },
        { name: `painting 100 tokens/s: ${name}: compositor`, value: share('compositor'), unit: '% of a core' },
        { name: `painting 100 tokens/s: ${name}: letters painted`, value: ((to - from) * 1000) / ms, unit: '/s' },
      );
      await page.getByRole('button', { name: 'Send', exact: true }).waitFor({ timeout: 60_000 });
    }
    return figures;
  } finally {
    await close();
    await one.remove();
  }
}

export async function paintFigures(): Promise<Figure[]> {
  return [...(await firstWord()), ...(await painting())];
}
