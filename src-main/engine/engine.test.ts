/** The room through its door, over the real store, jobs and dialler: catalogue, fetch, import, answers, remove. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import * as v from 'valibot';
import { expect, test, vi } from 'vitest';
import { engineRoom, type EngineRoom } from '../../test/fakes/engine-room.ts';
import { sha256Of, testHub, type HubFile } from '../../test/fakes/hub.ts';
import { fakeRunner } from '../../test/fakes/runner.ts';
import { smallModel, writeGguf } from '../../test/fixtures/gguf.ts';
import { needSmollm2 } from '../../test/fixtures/real-model.ts';
import { engineDoor, type Fetching } from './door.ts';
import type { GenerateRequest, Piece } from './ports.ts';
import { thisSystem } from './system.ts';

const signal = new AbortController().signal;
const MODEL = writeGguf(smallModel({ architecture: 'qwen3', context: 32_768, fill: (i) => (i * 7) & 255 }));
const SHA = sha256Of(MODEL);
const QWEN = 'qwen3-4b-instruct-2507-q4_k_m';
const FILES: Record<string, HubFile[]> = {
  'unsloth/Qwen3-4B-Instruct-2507-GGUF': [{ path: 'Qwen3-4B-Instruct-2507-Q4_K_M.gguf', bytes: MODEL }],
};
const request = (model: string): GenerateRequest => ({
  ...{ model, turns: [{ role: 'user', text: 'hello' }], temperature: 0, topK: 40, topP: 1, session: 's' },
});
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const fetchIn = (room: EngineRoom, id = QWEN) =>
  collect(room.engine.handlers['engine.fetch']({ id }, signal) as AsyncIterable<Fetching>);
const importIn = async (room: EngineRoom, bytes: Uint8Array, name = 'a.gguf') => {
  await writeFile(room.folder.file(name), bytes);
  return room.engine.handlers['engine.import']({ path: room.folder.file(name), copy: false }, signal);
};

test('the catalogue comes within 200 ms, sends nothing, and recommends exactly one', async () => {
  await using room = await engineRoom({ machine: { measure: () => new Promise(() => {}) } });
  const began = performance.now();
  const entries = await room.engine.handlers['engine.catalogue']({}, signal);
  expect(performance.now() - began).toBeLessThan(200);
  expect(v.parse(engineDoor['engine.catalogue'].output, entries)).toEqual(entries);
  expect(entries.filter(({ recommended }) => recommended)).toHaveLength(1);
  expect(entries.filter(({ warmUp }) => warmUp).map(({ id }) => id)).toEqual(['smollm2-135m-instruct-q4_1']);
  expect(entries.filter(({ hash, size }) => hash === 'publisher' && size !== undefined)).toEqual([]);
  const { connections } = await room.dialler.handlers['dial.record']({ limit: 10 }, signal);
  expect(connections).toEqual([]);
});

test('a fetched model is here, chosen for new conversations, and answers', async () => {
  await using hub = await testHub(FILES);
  await using room = await engineRoom({ fetching: { hub: hub.url } });
  expect(() => room.engine.defaultModel()).toThrow(/engine\.fetch/);
  const items = await fetchIn(room);
  const done = items.at(-1);
  expect(done).toMatchObject({ kind: 'done', model: { id: QWEN, sha256: SHA, name: 'Qwen3 4B', chat: true } });
  expect(items.slice(0, -1).every(({ kind }) => kind === 'bytes')).toBe(true);
  for (const item of items) v.parse(engineDoor['engine.fetch'].output, item);
  expect(room.settings.get().model).toBe(QWEN);
  expect(room.engine.defaultModel()).toBe(QWEN);

  const pieces = await collect(room.engine.generate(request(QWEN), signal));
  expect(pieces.map(({ kind }) => kind)).toEqual(['start', 'token', 'end']);
  const runner = room.runner as ReturnType<typeof fakeRunner>;
  expect(runner.loads[0]).toMatchObject({
    file: room.folder.file(`models/${SHA}.gguf`),
    sha256: SHA,
    contextSize: 4096,
  });
  expect(runner.loads[0]?.threads).toBeGreaterThanOrEqual(1);
  const [job] = await room.jobs.handlers['jobs.list']({}, signal);
  expect(job).toMatchObject({ kind: 'engine.fetch', state: 'done', unit: 'bytes' });
  const { connections } = await room.dialler.handlers['dial.record']({ limit: 10 }, signal);
  expect(connections.every(({ reason }) => reason === 'Fetching the model Qwen3 4B')).toBe(true);
});

test('the speed of a written answer is kept for this machine and decides the fit, also after a restart', async () => {
  await using room = await engineRoom({ runner: fakeRunner(5) });
  const { id, fit } = await importIn(room, MODEL);
  expect(fit).toMatchObject({ measured: false });
  await collect(room.engine.generate(request(id), signal));
  const fitNow = async () => (await room.engine.handlers['engine.models']({}, signal))[0]?.fit;
  await expect.poll(fitNow).toMatchObject({ measured: true, speed: 5, verdict: 'slowly' });
  await room.restart();
  expect(await fitNow()).toMatchObject({ measured: true, speed: 5 });
});

test('leaving the stream does not stop a fetch; a second view joins it; a second fetch is none', async () => {
  await using hub = await testHub(FILES, () => ({ cutAfter: 5000 }));
  await using room = await engineRoom({ fetching: { hub: hub.url, patience: 20 } });
  for await (const item of room.engine.handlers['engine.fetch']({ id: QWEN }, signal)) {
    expect(item.kind).toBe('bytes');
    break;
  }
  expect((await fetchIn(room)).at(-1)).toMatchObject({ kind: 'done' });
  expect((await room.jobs.handlers['jobs.list']({}, signal)).map(({ state }) => state)).toEqual(['done']);
  expect((await fetchIn(room)).at(-1)).toMatchObject({ kind: 'done', model: { sha256: SHA } });
  expect(await room.engine.handlers['engine.models']({}, signal)).toHaveLength(1);
});

test('a fetch that fails says so to the view and in the list of jobs; stopping it through jobs ends the view', async () => {
  await using hub = await testHub({});
  await using room = await engineRoom({ fetching: { hub: hub.url } });
  await expect(fetchIn(room)).rejects.toMatchObject({ code: 'source-unreachable' });
  await expect(fetchIn(room, 'nothing')).rejects.toMatchObject({ code: 'no-model' });
  const [job] = await room.jobs.handlers['jobs.list']({}, signal);
  expect(job).toMatchObject({ state: 'failed', fault: { code: 'source-unreachable' } });
  room.setCut(true);
  await expect(fetchIn(room)).rejects.toMatchObject({ code: 'dial-cut' });
});

test('an imported file is offered as linked; the second model does not displace the first', async () => {
  await using room = await engineRoom();
  const first = await importIn(room, MODEL);
  v.parse(engineDoor['engine.import'].output, first);
  expect(first).toMatchObject({ id: `sha256:${SHA.slice(0, 16)}`, linked: 'another folder', architecture: 'qwen3' });
  const second = await importIn(room, writeGguf(smallModel({ name: 'B' })), 'b.gguf');
  expect(room.settings.get().model).toBe(first.id);
  expect(room.engine.hasModel(second.id)).toBe(true);
  // Removing the chosen one makes the other the choice.
  expect(await room.engine.handlers['engine.remove']({ id: first.id }, signal)).toEqual({ freed: 0 });
  expect(room.settings.get().model).toBe(second.id);
  await room.engine.handlers['engine.remove']({ id: second.id }, signal);
  expect(room.settings.get().model).toBeNull();
  expect(() => room.engine.defaultModel()).toThrow(expect.objectContaining({ code: 'no-model' }));
});

test('a file that was taken away or changed is named when it is to answer, and nothing is loaded', async () => {
  await using room = await engineRoom();
  const { id } = await importIn(room, MODEL);
  const { loads } = room.runner as ReturnType<typeof fakeRunner>;
  await expect.poll(() => loads.length).toBe(1);
  await writeFile(
    room.folder.file('a.gguf'),
    MODEL.map((byte, i) => (i === MODEL.length - 1 ? byte ^ 1 : byte)),
  );
  const answer = () => collect<Piece>(room.engine.generate(request(id), signal));
  await expect(answer()).rejects.toMatchObject({ code: 'model-changed' });
  await rm(room.folder.file('a.gguf'));
  await expect(answer()).rejects.toMatchObject({ code: 'model-missing' });
  await expect(room.engine.measure(id, [])).rejects.toMatchObject({ code: 'model-missing' });
  await expect(room.engine.handlers['engine.warm']({ id }, signal)).rejects.toMatchObject({ code: 'model-missing' });
  await expect(collect(room.engine.generate(request('none'), signal))).rejects.toMatchObject({ code: 'no-model' });
  expect(loads).toHaveLength(1);
});

test('an embedding model is kept, but is never asked to talk', async () => {
  await using room = await engineRoom();
  const model = await importIn(room, writeGguf(smallModel({ architecture: 'bert', template: null })));
  expect(model.chat).toBe(false);
  expect(room.settings.get().model).toBeNull();
  await expect(collect(room.engine.generate(request(model.id), signal))).rejects.toMatchObject({ code: 'no-model' });
});

test('a context that the person chose holds within what the model was trained for', async () => {
  await using room = await engineRoom();
  const { id } = await importIn(room, MODEL);
  const size = async (contextSize: number | 'auto') => {
    room.settings.set({ contextSize });
    return (await room.engine.measure(id, [])).contextSize;
  };
  expect(await size(1024)).toBe(1024);
  expect(await size(1 << 20)).toBe(32_768);
  expect(await size('auto')).toBe(4096);
});

test('models of other programs are offered until they are linked, and never copied', async () => {
  await using room = await engineRoom();
  const path = room.folder.file('home/.lmstudio/models/people/Small/Small-Q4_0.gguf');
  await mkdir(room.folder.file('home/.lmstudio/models/people/Small'), { recursive: true });
  await writeFile(path, writeGguf(smallModel({ width: 512, vocabulary: 5000 })));
  expect(await room.engine.handlers['engine.found']({}, signal)).toMatchObject([{ path, program: 'LM Studio' }]);
  const model = await room.engine.handlers['engine.import']({ path, copy: false }, signal);
  expect(model.linked).toBe('LM Studio');
  expect(await room.engine.handlers['engine.found']({}, signal)).toEqual([]);
});

test('the memory rate is measured once for a machine, and kept', async () => {
  const measure = vi.fn(async () => 12e9);
  await using room = await engineRoom({ machine: { measure } });
  expect(await room.engine.handlers['engine.hardware']({}, signal)).toMatchObject({ memoryRate: 12e9 });
  await room.restart();
  expect(await room.engine.handlers['engine.hardware']({}, signal)).toMatchObject({ memoryRate: 12e9 });
  expect(measure).toHaveBeenCalledTimes(1);
});

const WARM_UP = 'smollm2-135m-instruct-q4_1';
const importWarmUp = (room: EngineRoom) =>
  room.engine.handlers['engine.import']({ path: needSmollm2(), copy: false }, signal);
const nameOf = async (room: EngineRoom) => {
  const all = await room.engine.handlers['engine.models']({}, signal);
  return { all, of: (id: string) => all.find((one) => one.id === id) };
};

test('a real model takes over from the warm-up that an arrival chose, and is warm before it is asked', async () => {
  await using hub = await testHub(FILES);
  const runner = fakeRunner();
  await using room = await engineRoom({ runner, fetching: { hub: hub.url } });
  await importWarmUp(room);
  expect(room.settings.get().model).toBe(WARM_UP);
  expect(room.engine.warmUp(WARM_UP)).toBe(true);
  // Neither one that measures likeness nor a base model can hold a conversation.
  for (const [name, made] of [
    ['e.gguf', smallModel({ architecture: 'bert', template: null })],
    ['f.gguf', smallModel({ name: 'Base', template: null })],
  ] as const)
    await importIn(room, writeGguf(made), name);
  expect(room.settings.get().model).toBe(WARM_UP);
  await fetchIn(room);
  expect(room.settings.get().model).toBe(QWEN);
  expect(room.engine.warmUp(QWEN)).toBe(false);
  await expect.poll(() => [...runner.held]).toContain(SHA);
  // A second real model does not displace the first.
  await importIn(room, writeGguf(smallModel({ name: 'B' })), 'b.gguf');
  expect(room.settings.get().model).toBe(QWEN);
});

test('also after a restart, and also for a warm-up that took the place of one that was removed', async () => {
  await using room = await engineRoom();
  const first = await importIn(room, MODEL);
  await importWarmUp(room);
  expect(room.settings.get().model).toBe(first.id);
  await room.engine.handlers['engine.remove']({ id: first.id }, signal);
  expect(room.settings.get().model).toBe(WARM_UP);
  await room.restart();
  const next = await importIn(room, MODEL, 'again.gguf');
  expect(room.settings.get().model).toBe(next.id);
});

test('a warm-up that the person chose stays', async () => {
  await using room = await engineRoom();
  await importIn(room, MODEL);
  const { id } = await importWarmUp(room);
  // As settings.set does it.
  room.settings.set({ model: id });
  await importIn(room, writeGguf(smallModel({ name: 'B' })), 'b.gguf');
  expect(room.settings.get().model).toBe(WARM_UP);
});

test('a model that is too large for this machine takes over nothing', async () => {
  const system = { ...thisSystem(), totalMemory: () => 150e6, freeMemory: () => 100e6, platform: 'darwin' as const };
  await using room = await engineRoom({ machine: { measure: async () => 20e9, system } });
  await importWarmUp(room);
  const { fit } = await importIn(room, MODEL);
  expect(fit.verdict).toBe('too-big');
  expect(room.settings.get().model).toBe(WARM_UP);
});

test('what is warm says so, with its layers, and rests when it is told to', async () => {
  const runner = fakeRunner();
  await using room = await engineRoom({ runner });
  const { id } = await importIn(room, MODEL);
  await expect.poll(() => runner.held.size).toBe(1);
  const { all, of } = await nameOf(room);
  v.parse(engineDoor['engine.models'].output, all);
  expect(of(id)).toMatchObject({ warm: true, layers: 2, gpuLayers: 0 });
  expect(await room.engine.handlers['engine.rest']({ id }, signal)).toEqual({ rested: true });
  expect(await room.engine.handlers['engine.rest']({ id }, signal)).toEqual({ rested: false });
  const after = (await nameOf(room)).of(id);
  expect(after).toMatchObject({ warm: false });
  expect(after).not.toHaveProperty('gpuLayers');
  await expect(async () => room.engine.handlers['engine.rest']({ id: 'none' }, signal)).rejects.toMatchObject({
    code: 'no-model',
  });
});

test('a list of models does not wait for an engine that is busy', async () => {
  const runner = fakeRunner();
  await using room = await engineRoom({ runner: { ...runner, loaded: () => new Promise(() => {}) } });
  const { id } = await importIn(room, MODEL);
  const began = performance.now();
  expect((await nameOf(room)).of(id)).toMatchObject({ warm: false });
  expect(performance.now() - began).toBeLessThan(2000);
});

test('each load says what it takes, and how much all may take together', async () => {
  const runner = fakeRunner();
  await using room = await engineRoom({ runner });
  const { id } = await importIn(room, MODEL);
  const { memory } = await room.engine.handlers['engine.hardware']({}, signal);
  await room.engine.measure(id, []);
  const first = runner.loads.at(-1)!;
  expect(first.budget).toBe(Math.round(memory * 0.6));
  expect(first.memory).toBeGreaterThan(MODEL.length / 2);
  room.settings.set({ memoryBudget: 5e9, contextSize: 1024 });
  await room.engine.measure(id, []);
  expect(runner.loads.at(-1)).toMatchObject({ budget: 5e9 });
  expect(runner.loads.at(-1)!.memory).toBeLessThan(first.memory);
});

test('a timing is kept for this machine and decides the fit, until answers say otherwise', async () => {
  const runner = fakeRunner(5);
  await using room = await engineRoom({ runner });
  const { id } = await importIn(room, MODEL);
  const timed = await room.engine.handlers['engine.speed']({ id }, signal);
  expect(v.parse(engineDoor['engine.speed'].output, timed)).toMatchObject({ prompt: 50, decode: 10 });
  const now = async () => (await nameOf(room)).of(id);
  expect(await now()).toMatchObject({ timed, fit: { measured: true, speed: 10 } });
  await room.restart();
  expect(await now()).toMatchObject({ timed, fit: { measured: true, speed: 10 } });
  room.clock.advance(1000);
  await collect(room.engine.generate(request(id), signal));
  await expect.poll(now).toMatchObject({ timed, fit: { speed: 5 } });
  room.clock.advance(1000);
  await room.engine.handlers['engine.speed']({ id }, signal);
  expect(await now()).toMatchObject({ fit: { speed: 10 } });
});

test('on another machine a timing says nothing', async () => {
  let processor = 'one';
  const system = { ...thisSystem() };
  Object.defineProperty(system, 'processor', { get: () => processor });
  await using room = await engineRoom({ machine: { measure: async () => 20e9, system } });
  const { id } = await importIn(room, MODEL);
  await room.engine.handlers['engine.speed']({ id }, signal);
  processor = 'another';
  const moved = (await nameOf(room)).of(id);
  expect(moved).not.toHaveProperty('timed');
  expect(moved).toMatchObject({ fit: { measured: false } });
  processor = 'one';
  expect((await nameOf(room)).of(id)).toHaveProperty('timed');
});

test('no model is timed beside an answer, and a question ends a timing', async () => {
  const runner = fakeRunner(5, 5000);
  await using room = await engineRoom({ runner });
  const { id } = await importIn(room, MODEL);
  const speed = () => Promise.resolve(room.engine.handlers['engine.speed']({ id }, signal));
  for await (const piece of room.engine.generate(request(id), signal))
    if (piece.kind === 'start') await expect(speed()).rejects.toMatchObject({ code: 'engine-busy' });
  const timing = speed();
  const refused = expect(timing).rejects.toMatchObject({ code: 'engine-busy' });
  await expect(speed()).rejects.toMatchObject({ code: 'engine-busy' });
  await collect(room.engine.generate(request(id), signal));
  await refused;
  expect((await nameOf(room)).of(id)).not.toHaveProperty('timed');
  // Nothing is left behind: it can be timed again, and stopped by whoever asked.
  const stop = new AbortController();
  const again = Promise.resolve(room.engine.handlers['engine.speed']({ id }, stop.signal));
  setTimeout(() => stop.abort(), 20);
  await expect(again).rejects.toMatchObject({ name: 'AbortError' });
});

test('waking loads the chosen model, sleeping gives its memory back, neither fails where there is none', async () => {
  const runner = fakeRunner();
  await using room = await engineRoom({ runner });
  room.engine.warmDefault();
  room.engine.rest();
  // One that arrives behind the lock takes no memory.
  await importIn(room, MODEL);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(runner.loads).toEqual([]);
  room.engine.warmDefault();
  await expect.poll(() => runner.loads.length).toBe(1);
  room.engine.rest();
  expect(runner.unloads()).toBe(2);
  expect(room.log.errors).toEqual([]);
});

test('what an interrupted fetch had unpacked is swept at the next start; begun downloads stay', async () => {
  await using room = await engineRoom();
  await mkdir(room.folder.file('models/scratch-X/wheel'), { recursive: true });
  await writeFile(room.folder.file('models/a.gguf.part'), 'abc');
  await room.restart();
  await expect(mkdir(room.folder.file('models/scratch-X'))).resolves.toBeUndefined();
  await expect(writeFile(room.folder.file('models/a.gguf.part'), 'abc', { flag: 'wx' })).rejects.toThrow();
});
