/** What this machine has for a model: cores, memory, a GPU and the back end for it. Found in files; nothing is started. */
import { asset } from '../base/asset.ts';
import type { Hardware } from './door.ts';
import { measureMemoryRate } from './memory-rate.ts';
import { thisSystem, type System } from './system.ts';

export type Gpu = Hardware['gpu'];
type Backend = Gpu['backend'];

/** The back ends whose packages may be here; set-up brings them (an absent one is a placeholder without `bins`). */
const BACKENDS: readonly { readonly backend: Backend; readonly of: readonly Maker[] }[] = [
  { backend: 'cuda', of: ['NVIDIA'] },
  { backend: 'vulkan', of: ['NVIDIA', 'AMD', 'Intel'] },
];
type Maker = 'NVIDIA' | 'AMD' | 'Intel';
/** PCI vendor ids. Anything else (a virtual machine's screen, a server's BMC) computes nothing. */
const MAKERS: Readonly<Record<string, Maker>> = { '0x10de': 'NVIDIA', '0x1002': 'AMD', '0x8086': 'Intel' };

/** @param settings whether the person allows the GPU */
export async function findHardware(
  settings: { gpu: 'auto' | 'off' },
  system: System = thisSystem(),
): Promise<Hardware> {
  const [physicalCores, memory, gpu] = await Promise.all([
    countCores(system),
    findMemory(system),
    findGpu(system, settings.gpu),
  ]);
  return { ...memory, physicalCores, threads: threadsFor(physicalCores), gpu };
}

/**
 * The handler of `engine.hardware`, which also answers while daimon is locked. The memory rate is measured after the
 * first call and is part of later answers.
 */
export function hardwareHandler({
  settings,
}: {
  readonly settings: () => { gpu: 'auto' | 'off' };
}): () => Promise<Hardware> {
  let rate: Promise<number | undefined> | undefined;
  let measured: number | undefined;
  return async () => {
    const hardware = await findHardware(settings());
    rate ??= measureMemoryRate(hardware.threads).then((value) => (measured = value));
    return measured === undefined ? hardware : { ...hardware, memoryRate: measured };
  };
}

/**
 * Free physical cores: one is left to the core and the window, which handle every token. llama.cpp's threads wait for each
 * other at every layer, so one that must share its core holds up all (two cores, 135M: 57–62 tokens a second with two
 * threads through the whole stack, 75–85 with one).
 */
export const threadsFor = (physicalCores: number): number => Math.max(1, physicalCores - 1);

/**
 * Physical cores, because two threads on one core share its multipliers: hyperthreads make a matrix product slower. A
 * limit that a container sets counts as if there were no more.
 */
export async function countCores(system: System): Promise<number> {
  const found = await (system.platform === 'linux' ? linuxCores(system) : otherCores(system));
  const quota = system.platform === 'linux' ? await cpuQuota(system) : Infinity;
  return Math.max(1, Math.min(found, system.logicalCores, Math.ceil(quota)));
}

async function linuxCores(system: System): Promise<number> {
  const blocks = ((await system.read('/proc/cpuinfo')) ?? '').split(/\n\s*\n/);
  const cores = new Set<string>();
  for (const block of blocks) {
    const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1];
    const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
    if (core !== undefined) cores.add(`${socket ?? 0}:${core}`);
  }
  if (cores.size > 0) return cores.size;
  // ARM's cpuinfo names no cores; the kernel's topology does.
  const folder = '/sys/devices/system/cpu';
  for (const name of await system.list(folder)) {
    if (!/^cpu\d+$/.test(name)) continue;
    const siblings = await system.read(`${folder}/${name}/topology/thread_siblings_list`);
    if (siblings) cores.add(siblings.trim());
  }
  return cores.size || system.logicalCores;
}

async function otherCores(system: System): Promise<number> {
  if (system.platform === 'darwin')
    // On Apple's chips the efficiency cores hold the others back; `perflevel0` counts the fast ones.
    return (
      (await system.sysctl('hw.perflevel0.physicalcpu')) ??
      (await system.sysctl('hw.physicalcpu')) ??
      system.logicalCores
    );
  // Windows tells its topology to programs that ask natively; most of its machines have two threads a core.
  return system.arch === 'x64' ? Math.ceil(system.logicalCores / 2) : system.logicalCores;
}

async function cpuQuota(system: System): Promise<number> {
  const [quota, period] = ((await system.read('/sys/fs/cgroup/cpu.max')) ?? '').trim().split(' ').map(Number);
  if (quota && period) return quota / period;
  const old = Number(await system.read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'));
  const oldPeriod = Number(await system.read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'));
  return old > 0 && oldPeriod > 0 ? old / oldPeriod : Infinity;
}

/** Memory in bytes, all and free, within what a container allows. */
export async function findMemory(system: System): Promise<{ memory: number; freeMemory: number }> {
  let memory = system.totalMemory();
  let free = system.freeMemory();
  if (system.platform === 'linux') {
    // MemFree leaves out what the kernel would give back at once.
    const available = /^MemAvailable:\s*(\d+) kB/m.exec((await system.read('/proc/meminfo')) ?? '')?.[1];
    if (available) free = Number(available) * 1024;
    for (const [limitFile, usedFile] of await cgroupFiles(system)) {
      const limit = Number(await system.read(limitFile));
      if (!(limit > 0 && limit < memory)) continue;
      memory = limit;
      free = Math.min(free, Math.max(0, limit - (Number(await system.read(usedFile)) || 0)));
    }
  }
  return { memory, freeMemory: Math.min(free, memory) };
}

/** The limit and the use of each group that this process is in, from the outermost inwards. */
async function cgroupFiles(system: System): Promise<readonly (readonly [string, string])[]> {
  const root = '/sys/fs/cgroup';
  const own = /^0::(\/\S*)$/m.exec((await system.read('/proc/self/cgroup')) ?? '')?.[1] ?? '/';
  const steps = own.split('/').filter((step) => step !== '' && step !== '..');
  const groups = steps.map((_, i) => `${root}/${steps.slice(0, i + 1).join('/')}`);
  return [
    ...[root, ...groups].map((path) => [`${path}/memory.max`, `${path}/memory.current`] as const),
    [`${root}/memory/memory.limit_in_bytes`, `${root}/memory/memory.usage_in_bytes`] as const,
  ];
}

/** The GPU, and whether anything here can use it. */
export async function findGpu(system: System, allowed: 'auto' | 'off'): Promise<Gpu> {
  if (system.platform === 'darwin' && system.arch === 'arm64')
    return allowed === 'off'
      ? { found: 'Apple GPU', backend: 'cpu', note: OFF }
      : { found: 'Apple GPU', backend: 'metal' };
  const cards = system.platform === 'linux' ? await linuxCards(system) : await windowsCards(system);
  // The card with the most memory of its own; an integrated one states none.
  const card = [...cards].sort((a, b) => (b.memory ?? 0) - (a.memory ?? 0))[0];
  if (!card) return { found: null, backend: 'cpu' };
  const memory = card.memory === undefined ? {} : { memory: card.memory };
  if (allowed === 'off') return { found: card.name, backend: 'cpu', ...memory, note: OFF };
  for (const { backend, of } of BACKENDS)
    if (of.includes(card.maker) && (await installed(system, backend))) return { found: card.name, backend, ...memory };
  const note = `${card.name} is here, but no back end for it is installed, so answers are computed on the processor.`;
  return { found: card.name, backend: 'cpu', ...memory, note };
}
const OFF = 'The GPU is switched off in Settings, so answers are computed on the processor.';

interface Card {
  readonly maker: Maker;
  readonly name: string;
  /** Bytes of its own memory, where a file says it. */
  readonly memory?: number;
}

async function linuxCards(system: System): Promise<readonly Card[]> {
  const cards: Card[] = [];
  const drm = '/sys/class/drm';
  for (const name of await system.list(drm)) {
    if (!/^card\d+$/.test(name)) continue;
    const maker = MAKERS[((await system.read(`${drm}/${name}/device/vendor`)) ?? '').trim()];
    if (!maker || maker === 'NVIDIA') continue;
    const memory = Number(await system.read(`${drm}/${name}/device/mem_info_vram_total`));
    cards.push({ maker, name: `${maker} GPU`, ...(memory > 0 && { memory }) });
  }
  // NVIDIA's driver speaks for itself, also where it has no screen (and so no entry above).
  const nvidia = '/proc/driver/nvidia/gpus';
  for (const id of await system.list(nvidia)) {
    const model = /^Model:\s*(.{1,80})$/m.exec((await system.read(`${nvidia}/${id}/information`)) ?? '')?.[1]?.trim();
    cards.unshift({ maker: 'NVIDIA', name: model ?? 'NVIDIA GPU' });
  }
  return cards;
}

async function windowsCards(system: System): Promise<readonly Card[]> {
  if (system.platform !== 'win32') return [];
  const files = (await system.list('C:\\Windows\\System32')).map((name) => name.toLowerCase());
  return files.includes('nvcuda.dll') ? [{ maker: 'NVIDIA', name: 'NVIDIA GPU' }] : [];
}

async function installed(system: System, backend: Backend): Promise<boolean> {
  const name = `${system.platform === 'win32' ? 'win' : system.platform}-${system.arch}-${backend}`;
  const names = await system.list(asset(`node_modules/@node-llama-cpp/${name}/bins`));
  return names.length > 0;
}
