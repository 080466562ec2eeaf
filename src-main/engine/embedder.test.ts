/** The fake and the real embedder under the suite of the port; what the room does with the model that came with daimon. */
import { existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cosine, embedderCompliance } from '../../test/compliance/embedder.ts';
import { fakeEmbedder } from '../../test/fakes/engine-embedder.ts';
import { engineHost, wallClock } from '../../test/fakes/engine-host.ts';
import { engineRoom, type EngineRoom } from '../../test/fakes/engine-room.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { fakeRunner } from '../../test/fakes/runner.ts';
import { MINILM_SHA256, needMinilm, needSmollm2 } from '../../test/fixtures/real-model.ts';
import { isFault } from '../wire/index.ts';
import { EMBEDDER } from './catalogue.ts';
import { openRunner } from './runner.ts';

const signal = new AbortController().signal;
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

embedderCompliance('the fake', async () => {
  const embedder = fakeEmbedder();
  return { embedder, crash: () => embedder.crash(), close: async () => {} };
});

embedderCompliance('the engine', async () => {
  const host = engineHost();
  const runner = openRunner({ host, log: keptLog(), clock: wallClock });
  const room = await engineRoom({ runner, shipped: [needMinilm()] });
  room.settings.set({ gpu: 'off' });
  await room.engine.handlers['engine.embedder']({}, signal);
  return {
    embedder: room.engine,
    crash: () => void host.children.at(-1)!.kill('SIGKILL'),
    close: () => room[Symbol.asyncDispose](),
  };
});

describe('the model that came with daimon', () => {
  let room: EngineRoom;
  afterEach(() => room[Symbol.asyncDispose]());
  const state = () => room.engine.handlers['engine.embedder']({}, signal);
  const own = () => join(room.folder.path, 'models', `${MINILM_SHA256}.gguf`);

  test('is here at the first start, without a connection, and is offered to no conversation', async () => {
    room = await engineRoom({ shipped: ['/nowhere/at/all.gguf', needMinilm()] });
    let news = 0;
    const leave = room.engine.onEmbedder(() => news++);
    expect(await state()).toEqual({
      ...{ id: EMBEDDER.id, name: 'MiniLM L6', here: true, size: 25_279_200, fetched: 83_506_384 },
      ...{ host: 'Python package index', licence: 'Apache-2.0', dimensions: 384 },
    });
    expect(news).toBe(1);
    leave();
    expect(room.engine.embedderNow()).toEqual({ id: EMBEDDER.id, dimensions: 384 });
    expect((await stat(own())).size).toBe(25_279_200);
    expect(await room.engine.handlers['engine.models']({}, signal)).toMatchObject([
      { id: EMBEDDER.id, chat: false, purpose: 'embed', architecture: 'bert', licence: 'apache-2.0', warmUp: false },
    ]);
    expect((await room.engine.handlers['engine.catalogue']({}, signal)).map(({ id }) => id)).not.toContain(EMBEDDER.id);
    expect(() => room.engine.defaultModel()).toThrow('No model is on this machine yet');
    expect(room.settings.get().model).toBeNull();
    expect(
      isFault(
        await faultOf(Promise.resolve(room.engine.handlers['engine.warm']({ id: EMBEDDER.id }, signal))),
        'no-model',
      ),
    ).toBe(true);
    expect(room.runner).toHaveProperty('loads', []);
  });

  test('leaves the choice of a model for conversations alone when it arrives after one', async () => {
    room = await engineRoom();
    const { id } = await room.engine.handlers['engine.import']({ path: needSmollm2(), copy: false }, signal);
    await room.engine.handlers['engine.import']({ path: needMinilm(), copy: false }, signal);
    expect(room.engine.defaultModel()).toBe(id);
    expect(room.engine.embedderNow()?.id).toBe(EMBEDDER.id);
  });

  test('stays away once removed, and is taken from daimon, not from the network, when it is wanted again', async () => {
    room = await engineRoom({ shipped: [needMinilm()], fetching: { pip: { pythons: [['/nowhere/python']] } } });
    await state();
    let news = 0;
    room.engine.onEmbedder(() => news++);
    expect(await room.engine.handlers['engine.remove']({ id: EMBEDDER.id }, signal)).toEqual({ freed: 25_279_200 });
    expect(news).toBe(1);
    expect(isFault(await faultOf(room.engine.embed(['a'], { behind: false })), 'no-embedder')).toBe(true);
    await room.restart();
    expect((await state()).here).toBe(false);
    expect(existsSync(needMinilm())).toBe(true);
    const items = [];
    for await (const item of room.engine.handlers['engine.fetch']({ id: EMBEDDER.id }, signal)) items.push(item);
    expect(items).toMatchObject([{ kind: 'done', model: { id: EMBEDDER.id, chat: false } }]);
    await room.restart();
    expect((await state()).here).toBe(true);
  });

  test('is not taken when it is not the file that was measured', async () => {
    room = await engineRoom();
    const bent = room.folder.file('bent.gguf');
    const bytes = await readFile(needMinilm());
    bytes[bytes.length - 100]! ^= 1;
    await writeFile(bent, bytes);
    await room[Symbol.asyncDispose]();
    room = await engineRoom({ shipped: [bent] });
    expect((await state()).here).toBe(false);
    expect(existsSync(own())).toBe(false);
  });

  test('comes back when its file was tidied away, and is refused when that was changed', async () => {
    const runner = fakeRunner();
    room = await engineRoom({ runner, shipped: [needMinilm()] });
    await state();
    await rm(own());
    expect(await room.engine.embed(['a', 'b'], { behind: true })).toHaveLength(2);
    expect(runner.loads.at(-1)).toMatchObject({ file: own(), contextSize: 256, purpose: 'embed' });
    await rm(own());
    await writeFile(own(), 'not the same');
    expect(isFault(await faultOf(room.engine.embed(['a'], { behind: true })), 'model-changed')).toBe(true);
  });
});

test('the real model finds by meaning what shares no word', async () => {
  const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });
  const room = await engineRoom({ runner, shipped: [needMinilm()] });
  try {
    room.settings.set({ gpu: 'off' });
    const [question, answer, other] = (await room.engine.embed(
      [
        'When does the physician see patients?',
        'Office hours of the doctor: Monday, 9 to 12.',
        'Bring the boat into the harbour.',
      ],
      { behind: false },
    )) as [Float32Array, Float32Array, Float32Array];
    expect(cosine(question, answer)).toBeGreaterThan(cosine(question, other) + 0.2);
  } finally {
    await room[Symbol.asyncDispose]();
  }
});
