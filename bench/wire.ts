/** What the contract costs over the bare carrier: round trips and items, each as a ratio, bare and contract in turns. */
import { fork } from 'node:child_process';
import { childWire } from '../src-main/wire/carriers/child.ts';
import { connect, type Frame, type Wire } from '../src-main/wire/index.ts';
import { linePair, portPair, socketPair, type Pair } from '../test/compliance/carriers.ts';
import type { Figure } from './figure.ts';
import { door, serveBare, serveContract } from './wire-far.ts';

const TRIPS = 1500;
const ITEMS = 20_000;
const ROUNDS = 9;
const BOUND = 2;

interface End {
  readonly wire: Wire;
  close(): Promise<void>;
}
type Kind = 'bare' | 'contract';
type Open = (kind: Kind) => Promise<End>;

const paired =
  (open: () => Promise<Pair>): Open =>
  async (kind) => {
    const { near, far, close } = await open();
    (kind === 'bare' ? serveBare : serveContract)(far);
    return { wire: near, close };
  };
const forked: Open = async (kind) => {
  const child = fork(new URL('./wire-far.ts', import.meta.url), [kind], { serialization: 'advanced', execArgv: [] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const wire = childWire(child);
  return {
    wire,
    async close() {
      wire.close();
      await exited;
    },
  };
};

interface Runs {
  trips(): Promise<void>;
  items(): Promise<void>;
}
function contract(wire: Wire): Runs {
  const core = connect(door, wire);
  return {
    async trips() {
      for (let i = 0; i < TRIPS; i++) await core['b.add']({ x: i, y: 1 });
    },
    async items() {
      let seen = 0;
      for await (const item of core['b.flow']({ n: ITEMS })) seen += item.text.length > 0 ? 1 : 0;
      if (seen !== ITEMS) throw new Error(`${seen} items of ${ITEMS}`);
    },
  };
}
function bare(wire: Wire): Runs {
  let on: (frame: Frame) => void = () => {};
  wire.listen(
    (frame) => on(frame as Frame),
    () => {},
  );
  return {
    trips: () =>
      new Promise((resolve) => {
        let i = 0;
        const ask = () => wire.post({ t: 'ask', id: i + 1, verb: 'b.add', input: { x: i, y: 1 } });
        on = () => {
          if (++i < TRIPS) ask();
          else resolve();
        };
        ask();
      }),
    items: () =>
      new Promise((resolve) => {
        on = (frame) => {
          if (frame.t === 'done') resolve();
        };
        wire.post({ t: 'ask', id: 1, verb: 'b.flow', input: { n: ITEMS } });
      }),
  };
}

const timed = async (work: () => Promise<void>) => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};
const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;

async function measure(name: string, open: Open): Promise<Figure[]> {
  const ends = { bare: await open('bare'), contract: await open('contract') };
  const runs = { bare: bare(ends.bare.wire), contract: contract(ends.contract.wire) };
  const figures: Figure[] = [];
  for (const [what, count] of [
    ['trips', TRIPS],
    ['items', ITEMS],
  ] as const) {
    const took = { bare: [] as number[], contract: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const kind of round % 2 ? (['bare', 'contract'] as const) : (['contract', 'bare'] as const)) {
        const ms = await timed(runs[kind][what]);
        // The first round compiles.
        if (round > 0) took[kind].push(ms);
      }
    }
    const ratio = median(took.contract.map((ms, i) => ms / took.bare[i]!));
    const label = what === 'trips' ? 'round trip' : 'items';
    figures.push({
      name: `${name}, ${label} over bare`,
      value: ratio,
      unit: '×',
      bound: `≤ ${BOUND}×`,
      holds: ratio <= BOUND,
    });
    const best = Math.min(...took.contract);
    if (what === 'trips') figures.push({ name: `${name}, round trip`, value: (best / count) * 1000, unit: 'µs' });
    else figures.push({ name: `${name}, items`, value: (count / best) * 1000, unit: '/s' });
  }
  await Promise.all([ends.bare.close(), ends.contract.close()]);
  return figures;
}

/** Ratios of times, contract over bare, on every carrier; both ends of all but the child share this process. */
export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, open] of [
    ['port', paired(portPair)],
    ['child', forked],
    ['socket', paired(() => socketPair())],
    ['line', paired(() => linePair())],
  ] as const)
    figures.push(...(await measure(name, open)));
  return figures;
}
