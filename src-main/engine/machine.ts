/** This machine as the estimates see it, with what was measured once and kept: memory rate, and each model's speed. */
import type { Clock, Store } from '../base/ports.ts';
import type { Hardware } from './door.ts';
import type { Machine } from './fit.ts';
import { findHardware } from './hardware.ts';
import { measureMemoryRate } from './memory-rate.ts';
import { thisSystem, type System } from './system.ts';

/** How long a list of models waits for the first measurement; after that it estimates without. */
const WAIT_MS = 120;
/** Fewer tokens are too short a run to be called a speed. */
const ENOUGH_TOKENS = 24;

export interface MachineNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: () => { readonly gpu: 'auto' | 'off' };
  readonly system?: System;
  /** Bytes a second; a test knows it beforehand. */
  readonly measure?: (threads: number) => Promise<number | undefined>;
}
export interface View extends Machine {
  readonly hardware: Hardware;
  /** Measured tokens a second of a file, here and with this back end: of the last answers, or of a later timing. */
  speed(sha256: string): number | undefined;
  /** When the file was last timed here. */
  timed(sha256: string): Timing | undefined;
}

/** Tokens a second, reading a prompt and writing. */
export interface Timing {
  readonly prompt: number;
  readonly decode: number;
  readonly at: number;
}

export function openMachine({
  store,
  clock,
  settings,
  system = thisSystem(),
  measure = measureMemoryRate,
}: MachineNeeds) {
  let rate: Promise<number | undefined> | undefined;
  let closed = false;
  const nameOf = ({ threads, gpu }: Hardware) => `${system.processor}/${threads}/${gpu.backend}`;

  const timed = (sha256: string, machine: string) =>
    store.get<Timing>(
      'SELECT prompt, decode, at FROM engine_timings WHERE sha256 = ? AND machine = ?',
      ...[sha256, machine],
    );

  const rateOf = (hardware: Hardware): Promise<number | undefined> =>
    (rate ??= (async () => {
      const machine = nameOf(hardware);
      const kept = store.get<{ memory_rate: number }>(
        'SELECT memory_rate FROM engine_machine WHERE machine = ?',
        machine,
      );
      if (kept) return kept.memory_rate;
      const measured = await measure(hardware.threads);
      if (measured !== undefined && !closed)
        store.run(
          'INSERT OR REPLACE INTO engine_machine (machine, memory_rate, at) VALUES (?, ?, ?)',
          ...[machine, measured, clock.now()],
        );
      return measured;
    })());

  /** By the setting it depends on. */
  const found = new Map<'auto' | 'off', Promise<Hardware>>();

  return {
    /** What does not change while daimon runs; an answer must not wait for what reading it anew takes (2 ms). */
    fixed(): Promise<Pick<Hardware, 'memory' | 'threads'>> {
      const { gpu } = settings();
      const here = found.get(gpu) ?? findHardware({ gpu }, system);
      found.set(gpu, here);
      return here;
    },
    async view(): Promise<View> {
      const hardware = await findHardware(settings(), system);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, WAIT_MS, undefined)));
      const memoryRate = await Promise.race([rateOf(hardware), late]).finally(() => clearTimeout(timer));
      const machine = nameOf(hardware);
      return {
        hardware: memoryRate === undefined ? hardware : { ...hardware, memoryRate },
        memory: hardware.memory,
        freeMemory: hardware.freeMemory,
        memoryRate,
        // Without its own memory stated, a card's share is not counted on.
        gpuMemory: hardware.gpu.backend === 'cpu' ? undefined : hardware.gpu.memory,
        speed(sha256) {
          const noted = store.get<{ speed: number; at: number }>(
            'SELECT speed, at FROM engine_speeds WHERE sha256 = ? AND machine = ?',
            ...[sha256, machine],
          );
          const timing = timed(sha256, machine);
          return timing && timing.at > (noted?.at ?? -Infinity) ? timing.decode : noted?.speed;
        },
        timed: (sha256) => timed(sha256, machine),
      };
    },
    /** Keeps a timing of a file. */
    async time(sha256: string, { prompt, decode }: Omit<Timing, 'at'>): Promise<Timing> {
      const machine = nameOf(await findHardware(settings(), system));
      const timing = { prompt, decode, at: clock.now() };
      if (!closed)
        store.run(
          'INSERT OR REPLACE INTO engine_timings (sha256, machine, prompt, decode, at) VALUES (?, ?, ?, ?, ?)',
          ...[sha256, machine, prompt, decode, timing.at],
        );
      return timing;
    },
    /** Keeps how fast a file wrote. */
    async note(sha256: string, speed: number, tokens: number): Promise<void> {
      if (tokens < ENOUGH_TOKENS || !(speed > 0)) return;
      const machine = nameOf(await findHardware(settings(), system));
      if (closed) return;
      const before = store.get<{ speed: number }>(
        'SELECT speed FROM engine_speeds WHERE sha256 = ? AND machine = ?',
        ...[sha256, machine],
      )?.speed;
      store.run(
        'INSERT OR REPLACE INTO engine_speeds (sha256, machine, speed, at) VALUES (?, ?, ?, ?)',
        ...[sha256, machine, settle(before, speed), clock.now()],
      );
    },
    close() {
      closed = true;
    },
  };
}
/** Other programs slow a run down and nothing speeds it up: a faster run counts at once, a slower one little by little. */
const settle = (before: number | undefined, now: number): number =>
  before === undefined || now > before ? now : before * 0.8 + now * 0.2;
