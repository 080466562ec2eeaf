/** What bringing 100 MB of ChatGPT's export takes, and what it takes away from an answer that is being written meanwhile. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Brought } from '../src-main/assistant/door.ts';
import { systemClock } from '../src-main/base/clock.ts';
import { idFactory } from '../src-main/base/id.ts';
import { openReading } from '../src-main/library/reading.ts';
import { shelfless } from '../test/fakes/shelfless.ts';
import { nodeHost } from '../src-main/shell/browser/host.ts';
import { password, startCore, type CoreProcess } from '../test/e2e/core.ts';
import { daimon } from '../test/e2e/daimon.ts';
import { exchange, never } from '../test/fakes/exchange.ts';
import { keptLog } from '../test/fakes/log.ts';
import type { Script } from '../test/fakes/script.ts';
import { smollm2 } from '../test/fixtures/real-model.ts';
import type { Figure } from './figure.ts';

const BYTES = Number(process.env['DAIMON_IMPORT_MB'] ?? 100) * 1e6;
const TOKENS = 128;
const ANSWERS = 6;

/** The same numbers every time (mulberry32). */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** An export as ChatGPT writes it: per message as much envelope as real ones have, words of a vocabulary of 20,000. */
export async function writeExport(path: string, bytes: number): Promise<{ conversations: number; messages: number }> {
  const number = numbers(7);
  const vocabulary = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 2 + number(9) }, () => String.fromCharCode(97 + number(26))).join(''),
  );
  // Some words are far more frequent than others.
  const word = () => vocabulary[Math.min(number(20_000), number(20_000), number(20_000))]!;
  const file = createWriteStream(path);
  let size = 0;
  let conversations = 0;
  let messages = 0;
  while (size < bytes) {
    const mapping: Record<string, unknown> = { root: { id: 'root', message: null, parent: null, children: ['n0'] } };
    const turns = 4 + number(28);
    for (let i = 0; i < turns; i++) {
      const role = i % 2 ? 'assistant' : 'user';
      const text = Array.from({ length: role === 'user' ? 10 + number(60) : 60 + number(300) }, word).join(' ');
      mapping[`n${i}`] = {
        id: `n${i}`,
        message: {
          id: `n${i}`,
          author: { role, name: null, metadata: {} },
          create_time: 1.7e9 + conversations * 1000 + i,
          update_time: null,
          content: { content_type: 'text', parts: [text] },
          status: 'finished_successfully',
          end_turn: true,
          weight: 1,
          metadata: {
            citations: [],
            content_references: [],
            model_slug: 'gpt-4o',
            parent_id: `n${i - 1}`,
            timestamp_: 'absolute',
          },
          recipient: 'all',
          channel: null,
        },
        parent: i === 0 ? 'root' : `n${i - 1}`,
        children: i === turns - 1 ? [] : [`n${i + 1}`],
      };
    }
    const one = JSON.stringify({
      title: `${word()} ${word()}`,
      create_time: 1.7e9 + conversations * 1000,
      update_time: 1.7e9 + conversations * 1000 + turns,
      mapping,
      moderation_results: [],
      current_node: `n${turns - 1}`,
      conversation_id: `c${conversations}`,
      id: `c${conversations}`,
    });
    size += one.length + 1;
    messages += turns;
    if (!file.write(`${conversations++ ? ',' : '['}${one}`)) await once(file, 'drain');
  }
  file.end(']');
  await once(file, 'close');
  return { conversations, messages };
}

const question = (n: number) =>
  `${n * 7919} is the number of this story. Write a long story about a lighthouse keeper.`;

/** Milliseconds between the tokens of one answer, as whoever reads them sees it. */
async function gapsOf({ core }: CoreProcess, n: number): Promise<number[]> {
  const gaps: number[] = [];
  let last = 0;
  for await (const item of core['assistant.send']({
    text: question(n),
    maxTokens: TOKENS,
    temperature: 0.7,
    seed: n,
  })) {
    if (item.kind !== 'token') continue;
    const now = performance.now();
    if (last > 0) gaps.push(now - last);
    last = now;
  }
  return gaps;
}
const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
const at = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

/**
 * Through the whole house: the file, the reader process, the core, the encrypted store with its word index, while the
 * real test model writes answers. The answers alone come before and after, so that a slower hour of the machine falls on
 * both.
 */
export async function importFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-bench-'));
  const one = daimon();
  const whole = await startCore(one.folder);
  try {
    const path = join(folder, 'conversations.json');
    const made = await writeExport(path, BYTES);
    await whole.core['vault.create']({ name: 'Wren', password: password() });
    const { id } = await whole.core['engine.import']({ path: smollm2 });
    await whole.core['engine.warm']({ id });
    let n = 1;
    const answers = async (count: number) => {
      const all: number[][] = [];
      for (let i = 0; i < count; i++) all.push(await gapsOf(whole, n++));
      return all;
    };
    await answers(1);
    const alone = await answers(ANSWERS / 2);
    const beside: number[][] = [];
    const began = performance.now();
    let done: Extract<Brought, { kind: 'done' }> | undefined;
    const importing = (async () => {
      for await (const item of whole.core['assistant.import']({ path })) if (item.kind === 'done') done = item;
      return performance.now() - began;
    })();
    let over = false;
    const ended = importing.finally(() => (over = true));
    while (!over) {
      const gaps = await gapsOf(whole, n++);
      if (!over) beside.push(gaps);
    }
    const seconds = (await ended) / 1000;
    alone.push(...(await answers(ANSWERS / 2)));
    if (done!.conversations !== made.conversations || done!.messages !== made.messages)
      throw new Error('The import did not bring all that the export has.');
    const rate = (all: readonly number[][]) =>
      at(
        all.map((gaps) => gaps.length / (sum(gaps) / 1000)),
        0.5,
      );
    const kept = rate(beside) / rate(alone);
    const gap = at(beside.flat(), 0.95) / at(alone.flat(), 0.95);
    const longest = at(beside.flat(), 1);
    const size = `${Math.round(statSync(path).size / 1e6)} MB`;
    return [
      {
        name: `import: ${size}, ${made.messages.toLocaleString('en')} messages, beside an answer`,
        value: round(seconds),
        unit: 's',
        bound: '≤ 60',
        holds: seconds <= 60,
      },
      {
        name: 'import: tokens/s beside it, of those alone',
        value: round(kept),
        unit: '×',
        bound: '≥ 0.85',
        holds: kept >= 0.85,
      },
      {
        name: 'import: 95th percentile of gaps between tokens, beside / alone',
        value: round(gap),
        unit: '×',
      },
      { name: 'import: longest gap between tokens beside it', value: round(longest), unit: 'ms' },
      { name: 'import: longest gap between tokens alone', value: round(at(alone.flat(), 1)), unit: 'ms' },
      { name: 'import: answers compared', value: beside.length, unit: 'answers' },
      ...(await pacedFigures(path, folder)),
    ];
  } finally {
    whole.close();
    await one.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What the import's locks and the core's own work cost, apart from the race for processors: a scripted model says a token
 * every 20 ms, which needs next to no processor.
 */
async function pacedFigures(path: string, folder: string): Promise<Figure[]> {
  const library = shelfless(
    openReading({
      host: nodeHost({ name: 'terminal', dataFolder: folder }),
      log: keptLog(),
      ids: idFactory(systemClock),
    }),
  );
  const script: Script = {
    async *answer(_request, signal) {
      for (let i = 0; i < 100; i++) {
        await sleep(20, undefined, { signal });
        yield 'token ';
      }
    },
  };
  const house = await exchange({ file: join(folder, 'paced.db'), key: randomBytes(32), library, script });
  try {
    const gapsOf = async () => {
      const gaps: number[] = [];
      let last = 0;
      for await (const item of house.do['assistant.send']({ text: 'Count' }, never)) {
        if (item.kind !== 'token') continue;
        const now = performance.now();
        if (last > 0) gaps.push(now - last);
        last = now;
      }
      return gaps;
    };
    const alone = [...(await gapsOf()), ...(await gapsOf())];
    let over = false;
    const importing = house.bring(path).finally(() => (over = true));
    const beside: number[] = [];
    while (!over) {
      const gaps = await gapsOf();
      if (!over) beside.push(...gaps);
    }
    await importing;
    alone.push(...(await gapsOf()), ...(await gapsOf()));
    const gap = at(beside, 0.95) / at(alone, 0.95);
    return [
      {
        name: 'import: 95th percentile of gaps in a paced answer, beside / alone',
        value: round(gap),
        unit: '×',
        bound: '≤ 1.3',
        holds: gap <= 1.3,
      },
      { name: 'import: longest gap in a paced answer beside it', value: round(at(beside, 1)), unit: 'ms' },
      { name: 'import: longest gap in a paced answer alone', value: round(at(alone, 1)), unit: 'ms' },
    ];
  } finally {
    await house[Symbol.asyncDispose]();
    await library.close();
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
