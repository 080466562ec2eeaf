/** One core per data folder, whatever was left behind. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Wire } from '../wire/index.ts';
import { listenAsCore, reachCore, socketPath } from './listen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of cleanups.splice(0).reverse()) await one();
});
function folder() {
  const path = mkdtempSync(join(tmpdir(), 'daimon-listen-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
const listen = async (path: string, onWire: (wire: Wire) => void = () => {}) => {
  const core = await listenAsCore(path, onWire);
  if (core) cleanups.push(() => core.close());
  return core;
};

test('the first becomes the core, the second is told that there is one and can reach it', async () => {
  const data = folder();
  const wires: Wire[] = [];
  await listen(data, (wire) => wires.push(wire));
  expect(await listen(data)).toBeUndefined();
  const before = wires.length;
  const wire = await reachCore(data);
  await expect.poll(() => wires.length).toBe(before + 1);
  const frame = new Promise((resolve) => wires.at(-1)!.listen(resolve, () => {}));
  wire!.listen(
    () => {},
    () => {},
  );
  wire!.post({ t: 'stop', id: 7 });
  expect(await frame).toEqual({ t: 'stop', id: 7 });
  wire!.close();
});

test('only the owner may open the socket', async () => {
  const data = folder();
  await listen(data);
  expect(statSync(socketPath(data)).mode & 0o777).toBe(0o600);
});

test('a socket that a killed core left behind is taken over', async () => {
  const data = folder();
  const script = `require('net').createServer().listen(${JSON.stringify(socketPath(data))}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(existsSync(socketPath(data))).toBe(true);
  expect(await reachCore(data)).toBeUndefined();
  expect(await listen(data)).toBeDefined();
});

test('of many that start at once, over a leftover, exactly one becomes the core', async () => {
  for (let round = 0; round < 5; round++) {
    const data = folder();
    writeFileSync(socketPath(data), '');
    const all = await Promise.all(Array.from({ length: 6 }, () => listenAsCore(data, () => {})));
    const cores = all.filter((core) => core !== undefined);
    for (const core of cores) cleanups.push(() => core.close());
    expect(cores).toHaveLength(1);
    const wire = await reachCore(data);
    expect(wire).toBeDefined();
    wire!.close();
  }
});

test('a data folder with a very long path gets a short socket of the owner’s own', () => {
  const long = `/home/somebody/${'very-long-folder/'.repeat(12)}`;
  expect(Buffer.byteLength(socketPath(long))).toBeLessThan(104);
  expect(socketPath(long)).toBe(socketPath(long));
  expect(socketPath(long)).not.toBe(socketPath(`${long}x`));
});
