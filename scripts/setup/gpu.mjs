/** Looks for a GPU and brings the back end for it; without one, nothing is fetched. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { bring, isBrought } from './backend.mjs';
import { say } from './terminal.mjs';

/** @typedef {'nvidia' | 'amd' | 'intel' | null} Gpu */
/** @typedef {{ vulkan?: 'failed', cuda?: 'declined' | 'failed', at: number }} Memory what earlier runs decided */
/** @typedef {{ vulkan: boolean, cuda: 'no' | 'yes' | 'ask' }} Plan */

/** PCI vendors. Virtual display adapters (QEMU 1234, virtio 1af4, VMware 15ad …) are none of these. @type {Record<string, Gpu>} */
const VENDORS = { '0x10de': 'nvidia', '0x1002': 'amd', '0x8086': 'intel' };
const A_DAY = 86_400_000;

/**
 * The GPU that llama.cpp could use, from the kernel's own files: no program is started, nothing is loaded.
 * Intel counts only with memory of its own: graphics inside the processor share its memory and gain little.
 * @param {string} [at] where /proc and /sys are found (tests plant trees)
 * @returns {Gpu}
 */
export function findGpu(at = '/') {
  if (existsSync(join(at, 'proc/driver/nvidia/version'))) return 'nvidia';
  const drm = join(at, 'sys/class/drm');
  /** @type {Set<Gpu>} */
  const found = new Set();
  for (const card of existsSync(drm) ? readdirSync(drm).filter((name) => /^card\d+$/.test(name)) : []) {
    const vendor = VENDORS[read(join(drm, card, 'device/vendor')).trim()];
    const ownMemory =
      existsSync(join(drm, card, 'lmem_total_bytes')) || existsSync(join(drm, card, 'device/tile0/vram0'));
    if (vendor && (vendor !== 'intel' || ownMemory)) found.add(vendor);
  }
  for (const vendor of /** @type {const} */ (['nvidia', 'amd', 'intel'])) if (found.has(vendor)) return vendor;
  return null;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * What to bring. Only Linux on x64 has back ends of its own to bring: on a Mac, Metal is part of the one package;
 * on Windows nothing is guessed, and `DAIMON_GPU` decides.
 * @param {{ platform: string, arch: string, gpu: Gpu, wish: string | undefined, memory: Memory | undefined, mayAsk: boolean, now: number }} facts
 *   `wish` is DAIMON_GPU: off, vulkan, cuda or nothing
 * @returns {Plan}
 */
export function plan({ platform, arch, gpu, wish, memory, mayAsk, now }) {
  const none = /** @type {const} */ ({ vulkan: false, cuda: 'no' });
  if (wish === 'off' || arch !== 'x64' || platform !== 'linux') return none;
  if (wish === 'vulkan') return { vulkan: true, cuda: 'no' };
  if (wish === 'cuda') return { vulkan: true, cuda: 'yes' };
  if (gpu === null) return none;
  const lately = memory !== undefined && now - memory.at < A_DAY;
  const vulkan = !(memory?.vulkan === 'failed' && lately);
  const settled = memory?.cuda === 'declined' || (memory?.cuda === 'failed' && lately);
  return { vulkan, cuda: gpu === 'nvidia' && mayAsk && !settled ? 'ask' : 'no' };
}

/**
 * @param {string} root @param {{ mayAsk: boolean }} options
 */
export async function ensureGpu(root, { mayAsk }) {
  // Outside node_modules, so that a new install does not ask the same question again.
  const file = join(root, 'dist', '.gpu.json');
  const memory = parse(read(file));
  const facts = {
    platform: process.platform,
    arch: process.arch,
    gpu: process.platform === 'linux' ? findGpu() : null,
    wish: process.env['DAIMON_GPU'],
    memory,
    mayAsk: mayAsk && process.stdin.isTTY === true && process.stderr.isTTY === true,
    now: Date.now(),
  };
  const { vulkan, cuda } = plan(facts);
  /** @type {Memory} */
  const next = { ...memory, at: Date.now() };
  let changed = false;
  if (vulkan && !isBrought(root, 'vulkan')) {
    const why = facts.gpu === null ? 'DAIMON_GPU asks for it' : `Found a GPU (${facts.gpu})`;
    say(`${why}: fetching the Vulkan back end, 71 MB. DAIMON_GPU=off skips this.`);
    delete next.vulkan;
    if (!(await tried(bring(root, 'vulkan')))) next.vulkan = 'failed';
    changed = true;
  }
  if (cuda !== 'no' && !isBrought(root, 'cuda')) {
    const yes =
      cuda === 'yes' || (await ask('CUDA can be faster than Vulkan on this card, and is 540 MB more. Fetch it?'));
    delete next.cuda;
    if (!yes) next.cuda = 'declined';
    else if (!(await tried(bring(root, 'cuda')))) next.cuda = 'failed';
    changed = true;
  }
  if (changed) remember(file, next);
}

/** A back end that cannot be had is no reason to stop: the processor does the same work. @param {Promise<void>} work */
async function tried(work) {
  try {
    await work;
    return true;
  } catch (error) {
    say(`It could not be fetched; daimon runs on the processor and tries again tomorrow. (${firstLine(error)})`);
    return false;
  }
}

/** @param {unknown} error */
const firstLine = (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** @param {string} question */
async function ask(question) {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await line.question(`daimon: ${question} [y/N] `);
  line.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** @param {string} text @returns {Memory | undefined} */
function parse(text) {
  try {
    const memory = JSON.parse(text);
    return typeof memory?.at === 'number' ? memory : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} file @param {Memory} memory */
function remember(file, memory) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(memory));
}
