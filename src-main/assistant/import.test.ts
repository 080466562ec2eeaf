/** Bringing conversations: what arrives, what is here already, what is stopped, and what a kill leaves. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { exchange, libraryOf, never } from '../../test/fakes/exchange.ts';
import { temporaryFolder } from '../../test/fakes/folder.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { systemClock } from '../base/clock.ts';
import { idFactory } from '../base/id.ts';
import { openReading } from '../library/reading.ts';
import { shelfless } from '../../test/fakes/shelfless.ts';
import { nodeHost } from '../shell/browser/host.ts';
import type { Id } from '../wire/schema.ts';
import type { Brought } from './door.ts';

const key = randomBytes(32);
type Turn = readonly [id: string, parent: string | null, role: 'user' | 'assistant', text: string, at: number];
const chat = (id: string, turns: readonly Turn[], more: object = {}) => ({
  conversation_id: id,
  title: `About ${id}`,
  create_time: 1_600_000_000,
  update_time: 1_600_000_500,
  current_node: turns.at(-1)![0],
  mapping: Object.fromEntries(
    turns.map(([node, parent, role, text, at]) => [
      node,
      {
        parent,
        message: {
          author: { role },
          content: { content_type: 'text', parts: [text] },
          create_time: at,
          metadata: role === 'assistant' ? { model_slug: 'gpt-4o' } : {},
        },
      },
    ]),
  ),
  ...more,
});
const talk = (id: string, words: string): readonly Turn[] => [
  ['u1', null, 'user', `What about ${words}?`, 1_600_000_100],
  ['a1', 'u1', 'assistant', `All about ${words}.`, 1_600_000_101],
];
const many = (count: number) =>
  JSON.stringify(Array.from({ length: count }, (_, i) => chat(`c${i}`, talk(`c${i}`, `subject${i} `.repeat(40)))));
const all = async (house: Awaited<ReturnType<typeof exchange>>) =>
  house.do['assistant.conversations']({ limit: 5000 }, never);

describe('what arrives', () => {
  test('keeps its own dates, is found by its words, says where from, and goes on with our model', async () => {
    using folder = temporaryFolder();
    const library = libraryOf({
      export: JSON.stringify([chat('c1', talk('c1', 'otters')), { mapping: 7 }, { mapping: {} }]),
    });
    await using house = await exchange({ file: folder.file('d.db'), key, library });
    const watching = new AbortController();
    const changed = house.do['assistant.watch']({}, watching.signal)[Symbol.asyncIterator]();
    expect(await house.bring('export')).toMatchObject({
      kind: 'done',
      from: 'chatgpt',
      conversations: 1,
      messages: 2,
      known: 0,
      refused: [
        { why: 'It is not a conversation, or damaged.', times: 1 },
        { why: 'Nothing was said in it.', times: 1 },
      ],
    });
    const [conversation] = await all(house);
    expect(conversation).toMatchObject({
      title: 'About c1',
      createdAt: 1_600_000_000_000,
      changedAt: 1_600_000_500_000,
      messages: 2,
      from: 'chatgpt',
      model: null,
    });
    expect((await changed.next()).value).toEqual({ changed: [conversation!.id] });
    watching.abort();
    const found = await house.do['assistant.search']({ query: 'otters', limit: 10 }, never);
    expect(found.map(({ role }) => role).toSorted()).toEqual(['assistant', 'user']);
    for await (const _ of house.do['assistant.send']({ text: 'And beavers?', conversation: conversation!.id }, never));
    expect(house.generator.requests[0]!.turns.map(({ role, text }) => [role, text]).slice(1)).toEqual([
      ['user', 'What about otters?'],
      ['assistant', 'All about otters.'],
      ['user', 'And beavers?'],
    ]);
    const { messages } = await house.do['assistant.messages']({ conversation: conversation!.id, limit: 60 }, never);
    expect(messages.map(({ model }) => model)).toEqual([undefined, 'gpt-4o', undefined, 'm']);
    const jobs = await house.jobs.handlers['jobs.list']({}, never);
    expect(jobs).toMatchObject([{ kind: 'assistant.import', title: 'Bringing conversations', state: 'done' }]);
  });

  test('what is no export changes nothing and says what would be', async () => {
    using folder = temporaryFolder();
    await using house = await exchange({ file: folder.file('d.db'), key, library: libraryOf({ film: 'x' }) });
    await expect(house.bring('film')).rejects.toMatchObject({ code: 'not-an-export' });
    expect(await all(house)).toEqual([]);
    expect(await house.jobs.handlers['jobs.list']({}, never)).toMatchObject([
      { state: 'failed', fault: { code: 'not-an-export' } },
    ]);
  });
});

describe('what is here already', () => {
  test('is not brought twice', async () => {
    using folder = temporaryFolder();
    await using house = await exchange({ file: folder.file('d.db'), key, library: libraryOf({ export: many(30) }) });
    expect(await house.bring('export')).toMatchObject({ conversations: 30, messages: 60, known: 0 });
    const before = await all(house);
    expect(await house.bring('export')).toMatchObject({ conversations: 0, messages: 0, known: 30 });
    expect(await all(house)).toEqual(before);
  });

  test('grows by what a newer export has: later turns and other branches, beside what was said here', async () => {
    using folder = temporaryFolder();
    const first = talk('c1', 'otters');
    const later: Turn[] = [
      ...first,
      ['a2', 'u1', 'assistant', 'Another view of otters.', 1_600_000_102],
      ['u2', 'a1', 'user', 'More?', 1_600_000_200],
      ['a3', 'u2', 'assistant', 'Much more.', 1_600_000_201],
    ];
    const files = {
      old: JSON.stringify([chat('c1', first)]),
      new: JSON.stringify([chat('c1', later, { update_time: 1_600_009_000 })]),
    };
    await using house = await exchange({ file: folder.file('d.db'), key, library: libraryOf(files) });
    await house.bring('old');
    expect(await house.bring('new')).toMatchObject({ conversations: 0, messages: 3, known: 1 });
    expect(await house.bring('new')).toMatchObject({ conversations: 0, messages: 0, known: 1 });
    expect(await house.bring('old')).toMatchObject({ messages: 0, known: 1 });
    const [conversation] = await all(house);
    expect(conversation).toMatchObject({ messages: 4, changedAt: 1_600_009_000_000 });
    const page = await house.do['assistant.messages']({ conversation: conversation!.id, limit: 60 }, never);
    expect(page.messages.map(({ text }) => text)).toEqual([
      'What about otters?',
      'All about otters.',
      'More?',
      'Much more.',
    ]);
    expect(page.messages[1]!.versions).toHaveLength(2);
    expect(await house.do['assistant.search']({ query: 'another view', limit: 10 }, never)).toHaveLength(1);
  });

  test('is known by its texts where an export has no times, and quickly where thousands hang on one message', async () => {
    using folder = temporaryFolder();
    const count = process.env['DAIMON_LONG'] ? 20_000 : 3000;
    const wide: Turn[] = Array.from({ length: count }, (_, i) => [
      `n${i}`,
      null,
      'user',
      `question ${i}`,
      1_600_000_000,
    ]);
    const timeless = (words: string[]) => ({
      uuid: 'k',
      chat_messages: words.map((text, i) => ({ sender: i % 2 ? 'assistant' : 'human', text })),
    });
    const files = {
      old: JSON.stringify([chat('wide', wide), timeless(['a', 'b'])]),
      new: JSON.stringify([chat('wide', wide), timeless(['a', 'b', 'c', 'd'])]),
    };
    await using house = await exchange({ file: folder.file('d.db'), key, library: libraryOf(files) });
    await house.bring('old');
    const began = performance.now();
    expect(await house.bring('new')).toMatchObject({ conversations: 0, messages: 2, known: 2 });
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await house.bring('new')).toMatchObject({ messages: 0, known: 2 });
  });

  test('stays where the person is when they went on here', async () => {
    using folder = temporaryFolder();
    const first = talk('c1', 'otters');
    const files = {
      old: JSON.stringify([chat('c1', first)]),
      new: JSON.stringify([chat('c1', [...first, ['u2', 'a1', 'user', 'Theirs?', 1_600_000_200]])]),
    };
    await using house = await exchange({ file: folder.file('d.db'), key, library: libraryOf(files) });
    await house.bring('old');
    const { id } = (await all(house))[0]!;
    for await (const _ of house.do['assistant.send']({ text: 'Ours?', conversation: id }, never));
    expect(await house.bring('new')).toMatchObject({ messages: 1, known: 1 });
    const page = await house.do['assistant.messages']({ conversation: id, limit: 60 }, never);
    expect(page.messages.map(({ text }) => text).slice(2)).toEqual(['Ours?', 'Yes.']);
    expect(page.messages[2]!.versions).toHaveLength(2);
  });
});

describe('while it runs', () => {
  test('leaving the view does not end it; pausing holds it; stopping keeps what was brought', async () => {
    using folder = temporaryFolder();
    const library = libraryOf({ export: many(200) }, () => sleep(4));
    await using house = await exchange({ file: folder.file('d.db'), key, library });
    let job: Id | undefined;
    for await (const one of house.do['assistant.import']({ path: 'export' }, never)) {
      job = one.job;
      if (one.kind === 'progress' && one.conversations > 0) break;
    }
    const count = async () => (await all(house)).length;
    await house.jobs.handlers['jobs.pause']({ id: job! }, never);
    // The one under way is finished first.
    await sleep(250);
    const held = await count();
    expect(held).toBeGreaterThan(0);
    await sleep(80);
    expect(await count()).toBe(held);
    await house.jobs.handlers['jobs.resume']({ id: job! }, never);
    while ((await count()) === held) await sleep(5);
    const stopped = await house.jobs.handlers['jobs.stop']({ id: job! }, never);
    expect(stopped).toMatchObject({ state: 'stopped', fault: { code: 'job-stopped' } });
    const kept = await count();
    expect(kept).toBeLessThan(200);
    await sleep(40);
    expect(await count()).toBe(kept);
    for (const { messages } of await all(house)) expect(messages).toBe(2);
  });

  test('progress comes ten times a second at most, and never goes back', async () => {
    using folder = temporaryFolder();
    const library = libraryOf({ export: many(150) }, () => sleep(3));
    await using house = await exchange({ file: folder.file('d.db'), key, library });
    const began = performance.now();
    const seen: Extract<Brought, { kind: 'progress' }>[] = [];
    for await (const one of house.do['assistant.import']({ path: 'export' }, never))
      if (one.kind === 'progress') seen.push(one);
    // Besides: at the beginning, with the first conversation, and at the end.
    expect(seen.length).toBeLessThanOrEqual((performance.now() - began) / 100 + 3);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
  });

  test('kill -9 at any moment, then again: nothing twice, nothing half', async () => {
    const kills = process.env['DAIMON_LONG'] ? 40 : 4;
    using folder = temporaryFolder();
    // Among them one that needs several transactions.
    const long: Turn[] = Array.from({ length: 900 }, (_, i) => [
      `n${i}`,
      i === 0 ? null : `n${i - 1}`,
      i % 2 === 0 ? 'user' : 'assistant',
      `turn ${i} `.repeat(30),
      1_600_000_000 + i,
    ]);
    const list = JSON.parse(many(60)) as object[];
    list.splice(20, 0, chat('long', long));
    const path = folder.file('export.json');
    writeFileSync(path, JSON.stringify(list));
    const file = folder.file('d.db');
    const child = fileURLToPath(new URL('../../test/fakes/exchange-child.ts', import.meta.url));
    for (let kill = 0; kill < kills; kill++) {
      const running = fork(child, [file, key.toString('hex'), path], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const gone = once(running, 'exit');
      await once(running, 'message');
      await sleep((kill + 1) * (process.env['DAIMON_LONG'] ? 12 : 90));
      running.kill('SIGKILL');
      await gone;
      await using house = await exchange({ file, key, library: libraryOf({}) });
      for (const { title, messages } of await all(house))
        expect(messages, title).toBe(title === 'About long' ? 900 : 2);
    }
    await using house = await exchange({ file, key, library: libraryOf({ export: JSON.stringify(list) }) });
    const { conversations, known, refused } = await house.bring('export');
    expect([conversations + known, refused]).toEqual([61, []]);
    const kept = await all(house);
    expect(kept.map(({ title }) => title).toSorted()).toEqual(
      list.map((one) => (one as { title: string }).title).toSorted(),
    );
    const counts = house.store.get<{ m: number; w: number }>(
      'SELECT (SELECT count(*) FROM message) AS m, (SELECT count(*) FROM message_words_docsize) AS w',
    );
    expect(counts).toEqual({ m: 1020, w: 1020 });
    house.store.run(`INSERT INTO message_words (message_words, rank) VALUES ('integrity-check', 1)`);
  }, 60_000);
});

describe('through the reader process', () => {
  const library = (folder: { path: string }, log = keptLog()) =>
    shelfless(
      openReading({ host: nodeHost({ name: 'terminal', dataFolder: folder.path }), log, ids: idFactory(systemClock) }),
    );

  test('a ZIP on disk is brought', async () => {
    using folder = temporaryFolder();
    const reader = library(folder);
    await using house = await exchange({ file: folder.file('d.db'), key, library: reader });
    const path = folder.file('export.zip');
    writeFileSync(path, zipSync({ 'chat.html': Buffer.from('<p>'), 'conversations.json': Buffer.from(many(300)) }));
    expect(await house.bring(path)).toMatchObject({ conversations: 300, messages: 600, known: 0, refused: [] });
    await expect(house.bring(folder.file('none.zip'))).rejects.toMatchObject({ code: 'file-missing' });
    await reader.close();
  });

  test('when the process dies in the middle, what was brought stays, and once more brings the rest', async () => {
    using folder = temporaryFolder();
    const log = keptLog();
    const reader = library(folder, log);
    await using house = await exchange({ file: folder.file('d.db'), key, library: reader });
    const path = folder.file('export.json');
    writeFileSync(path, many(2000));
    const importing = (async () => {
      for await (const one of house.do['assistant.import']({ path }, never)) {
        const pid = log.lines.find(({ event }) => event === 'reader.started')?.facts?.['pid'];
        if (one.kind === 'progress' && one.conversations > 0 && pid !== undefined) process.kill(Number(pid), 'SIGKILL');
      }
    })();
    await expect(importing).rejects.toMatchObject({ code: 'reader-crashed' });
    const kept = (await all(house)).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(2000);
    const { conversations, known } = await house.bring(path);
    expect([known, conversations]).toEqual([kept, 2000 - kept]);
    await reader.close();
  }, 30_000);
});
