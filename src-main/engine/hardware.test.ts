/** Hardware is read from the files that real machines have: a laptop, a container, an ARM board, GPUs with and without back ends. */
import { expect, test } from 'vitest';
import { asset } from '../base/asset.ts';
import { countCores, findGpu, findHardware, findMemory, hardwareHandler, threadsFor } from './hardware.ts';
import { measureMemoryRate } from './memory-rate.ts';
import { thisSystem, type System } from './system.ts';

const GIB = 2 ** 30;
/** A machine made of files; a folder is there when something is in it. */
function system(files: Record<string, string>, more: Partial<System> = {}): System {
  return {
    platform: 'linux',
    arch: 'x64',
    logicalCores: 8,
    totalMemory: () => 16 * GIB,
    freeMemory: () => 1 * GIB,
    read: async (path) => files[path],
    list: async (path) => [
      ...new Set(
        Object.keys(files)
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1).split('/')[0] as string),
      ),
    ],
    sysctl: async () => undefined,
    processor: 'Test',
    ...more,
  };
}
const cpuinfo = (pairs: readonly (readonly [number, number])[]) =>
  pairs
    .map(([socket, core], i) => `processor\t: ${i}\nphysical id\t: ${socket}\ncore id\t\t: ${core}\nflags\t\t: fpu`)
    .join('\n\n');

test('hyperthreads are not counted, sockets are', async () => {
  const laptop = cpuinfo([0, 1, 2, 3, 0, 1, 2, 3].map((core) => [0, core] as const));
  expect(await countCores(system({ '/proc/cpuinfo': laptop }))).toBe(4);
  const server = cpuinfo([0, 1].flatMap((socket) => [0, 1].map((core) => [socket, core] as const)));
  expect(await countCores(system({ '/proc/cpuinfo': server }))).toBe(4);
});

test('an ARM board without core ids is counted by its topology', async () => {
  const folder = '/sys/devices/system/cpu';
  const files = Object.fromEntries(
    ['0', '1', '2', '3'].map((n) => [`${folder}/cpu${n}/topology/thread_siblings_list`, `${n}\n`]),
  );
  files['/proc/cpuinfo'] = 'processor\t: 0\nBogoMIPS\t: 108.00';
  expect(await countCores(system(files, { arch: 'arm64' }))).toBe(4);
});

test('a container that may use two cores has two, and one that may use half a core has one', async () => {
  const laptop = cpuinfo([0, 1, 2, 3].map((core) => [0, core] as const));
  const limited = (max: string) => system({ '/proc/cpuinfo': laptop, '/sys/fs/cgroup/cpu.max': max });
  expect(await countCores(limited('200000 100000\n'))).toBe(2);
  expect(await countCores(limited('50000 100000\n'))).toBe(1);
  expect(await countCores(limited('max 100000\n'))).toBe(4);
});

test('a Mac counts its fast cores, Windows half of what it states', async () => {
  const known: Record<string, number> = { 'hw.physicalcpu': 8, 'hw.perflevel0.physicalcpu': 4 };
  const mac = { platform: 'darwin', arch: 'arm64', sysctl: async (name: string) => known[name] } as const;
  expect(await countCores(system({}, mac))).toBe(4);
  expect(await countCores(system({}, { platform: 'win32' }))).toBe(4);
});

test('one core stays free where there is more than one', () => {
  expect([1, 2, 4, 6, 16].map(threadsFor)).toEqual([1, 1, 3, 5, 15]);
});

test('memory is what the container allows, and free is what the kernel would give', async () => {
  const meminfo = 'MemTotal: 16777216 kB\nMemFree: 1048576 kB\nMemAvailable: 10485760 kB\n';
  expect(await findMemory(system({ '/proc/meminfo': meminfo }))).toEqual({ memory: 16 * GIB, freeMemory: 10 * GIB });
  const box = {
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '0::/user.slice/box\n',
    '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
    '/sys/fs/cgroup/user.slice/box/memory.max': `${4 * GIB}\n`,
    '/sys/fs/cgroup/user.slice/box/memory.current': `${1 * GIB}\n`,
  };
  expect(await findMemory(system(box))).toEqual({ memory: 4 * GIB, freeMemory: 3 * GIB });
  const old = { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' };
  expect((await findMemory(system(old))).memory).toBe(16 * GIB);
});

const amd = {
  '/sys/class/drm/card0/device/vendor': '0x1002\n',
  '/sys/class/drm/card0/device/mem_info_vram_total': `${8 * GIB}\n`,
  '/sys/class/drm/card0-HDMI-A-1/status': 'connected',
};
const backend = (name: string) => ({ [asset(`node_modules/@node-llama-cpp/${name}/bins/x.node`)]: '' });

test('a GPU without its back end is named, and it is said that it does not compute', async () => {
  const gpu = await findGpu(system(amd), 'auto');
  expect(gpu).toMatchObject({ found: 'AMD GPU', backend: 'cpu', memory: 8 * GIB });
  expect(gpu.note).toMatch(/no back end for it is installed/);
});

test('a GPU with its back end computes, unless it is switched off', async () => {
  const machine = system({ ...amd, ...backend('linux-x64-vulkan') });
  expect(await findGpu(machine, 'auto')).toEqual({ found: 'AMD GPU', backend: 'vulkan', memory: 8 * GIB });
  expect(await findGpu(machine, 'off')).toMatchObject({ backend: 'cpu', note: /switched off/ as never });
});

test('NVIDIA is found by its driver and prefers CUDA; a virtual screen is no GPU; Apple has Metal', async () => {
  const files = { '/proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA Test 4090\nIRQ: 1\n' };
  expect(await findGpu(system({ ...files, ...backend('linux-x64-vulkan') }), 'auto')).toMatchObject({
    found: 'NVIDIA Test 4090',
    backend: 'vulkan',
  });
  const both = system({ ...files, ...backend('linux-x64-vulkan'), ...backend('linux-x64-cuda') });
  expect(await findGpu(both, 'auto')).toMatchObject({ backend: 'cuda' });
  expect(await findGpu(system({ '/sys/class/drm/card0/device/vendor': '0x1af4\n' }), 'auto')).toEqual({
    found: null,
    backend: 'cpu',
  });
  expect(await findGpu(system({}, { platform: 'darwin', arch: 'arm64' }), 'auto')).toMatchObject({ backend: 'metal' });
});

test('this very machine is described within its own limits, and its memory rate follows', async () => {
  const hardware = await findHardware({ gpu: 'auto' });
  expect(hardware.physicalCores).toBeGreaterThanOrEqual(1);
  expect(hardware.physicalCores).toBeLessThanOrEqual(thisSystem().logicalCores);
  expect(hardware.freeMemory).toBeLessThanOrEqual(hardware.memory);
  const handler = hardwareHandler({ settings: () => ({ gpu: 'auto' }) });
  expect((await handler()).memoryRate).toBeUndefined();
  await expect.poll(async () => (await handler()).memoryRate, { timeout: 5000 }).toBeGreaterThan(1e8);
});

test('the memory rate is measured without holding up this thread', async () => {
  let longest = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  const rate = await measureMemoryRate(1, 800);
  clearInterval(beat);
  expect(rate).toBeGreaterThan(1e8);
  expect(rate).toBeLessThan(5e12);
  // Loose, as other work shares the machine; on this thread it would have been 800 ms in one piece.
  expect(longest).toBeLessThan(600);
});
