/** Taking conversations out, and bringing them back the same. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchange, libraryOf, never } from '../../test/fakes/exchange.ts';
import { temporaryFolder } from '../../test/fakes/folder.ts';
import { systemClock } from '../base/clock.ts';
import { idFactory } from '../base/id.ts';
import type { ParsedConversation, ParsedMessage } from '../library/ports.ts';
import { openBulk } from './bulk.ts';
import { fileName } from './export.ts';

const key = randomBytes(32);
const open = (folder: { file(name: string): string }, files: Record<string, string> = {}, name = 'd.db') =>
  exchange({ file: folder.file(name), key, library: libraryOf(files) });
const keep = async (house: Awaited<ReturnType<typeof exchange>>, ...list: ParsedConversation[]) => {
  const bulk = openBulk({ store: house.store, clock: systemClock, ids: idFactory(systemClock) });
  for (const one of list) expect(await bulk.insertConversation(one)).not.toBe('known');
};
const first = Date.UTC(2024, 1, 3, 4, 5, 6, 789);
const branched: ParsedConversation = {
  from: 'chatgpt',
  id: 'c1',
  title: 'On “light”\nhouses: a/b\\c',
  createdAt: first,
  changedAt: first + 86_400_000,
  folder: 'Sea',
  pinned: true,
  tip: 'a2',
  messages: [
    {
      id: 'q',
      parent: null,
      role: 'user',
      text: 'Who keeps it?',
      at: first,
      attachments: [{ name: 'log.txt', text: 'calm' }, { name: 'b.png' }],
    },
    { id: 'a1', parent: 'q', role: 'assistant', text: 'A keeper.', at: first + 1, model: 'gpt-4o' },
    {
      id: 'a2',
      parent: 'q',
      role: 'assistant',
      text: 'The **wind**.\n',
      at: first + 2,
      model: 'gpt-4o',
      state: 'stopped',
    },
  ],
};

describe('Markdown', () => {
  test('has the title, the dates, and each turn of the current branch with who, when and which model', async () => {
    using folder = temporaryFolder();
    await using house = await open(folder);
    await keep(house, branched);
    const { id } = (await house.do['assistant.conversations']({ limit: 1 }, never))[0]!;
    for await (const _ of house.do['assistant.send']({ text: 'Go on', conversation: id }, never));
    const { text, name, conversations } = await house.take('markdown', id);
    expect(text.replace(/changed: .*|to 20\d\d-\d\d-\d\d|· 202[5-9].*/g, '~')).toBe(`---
title: "On “light” houses: a/b\\\\c"
created: 2024-02-03T04:05:06.789Z
~
from: ChatGPT
---

# On “light” houses: a/b\\c

*2024-02-03 ~ · in Sea · brought from ChatGPT*

## You · 2024-02-03 04:05 UTC

*Attached: log.txt, b.png*

Who keeps it?

## ChatGPT (gpt-4o) · 2024-02-03 04:05 UTC

The **wind**.

*(This answer did not come to its end.)*

## You ~

Go on

## Wren (m) ~

Yes.
`);
    expect(name).toMatch(/^daimon-on-light-houses-a-b-c-\d{4}-\d\d-\d\d\.md$/);
    expect(conversations).toBe(1);
  });

  test('of all conversations has each once, oldest first, between marks', async () => {
    using folder = temporaryFolder();
    await using house = await open(folder);
    await keep(house, { ...branched, id: 'c2', title: 'Later', createdAt: first + 5 }, branched);
    const { text, name, conversations } = await house.take('markdown');
    expect(text.match(/^(?:<!-- daimon: conversation \d+ -->|# .*)$/gm)).toEqual([
      '<!-- daimon: conversation 1 -->',
      '# On “light” houses: a/b\\c',
      '<!-- daimon: conversation 2 -->',
      '# Later',
    ]);
    expect([name.replace(/\d{4}-\d\d-\d\d/, 'D'), conversations]).toEqual(['daimon-conversations-D.md', 2]);
  });
});

test('numbers of an answer become footnotes with their quotes, its code stays, and what is gone is said', async () => {
  using folder = temporaryFolder();
  await using house = await open(folder);
  const source = { file: '/a/rent.pdf', name: 'rent.pdf', kind: 'pdf' as const };
  await keep(house, {
    ...{ from: 'daimon', id: 's', title: 'Rent' },
    messages: [
      { id: 'q', parent: null, role: 'user', text: 'How much [1]?', at: first },
      {
        ...{ id: 'a', parent: 'q', role: 'assistant', at: first, text: '840 [1], see `x[1]` [2] [7].' },
        sources: [
          { ...source, n: 1, page: 2, heading: 'Rent', quote: 'It is 840\neuros.', cited: true },
          { ...source, n: 2, quote: '', cited: true, gone: true },
          { ...source, n: 3, quote: 'Not told.' },
        ],
      },
    ],
  });
  const { text } = await house.take('markdown');
  expect(text).toContain('How much [1]?');
  expect(text).toContain('840 [^2-1], see `x[1]` [^2-2] [7].\n\n[^2-1]: rent.pdf, page 2, Rent: “It is 840 euros.”\n');
  expect(text).toContain('[^2-2]: rent.pdf: (taken out)\n');
  expect(text).not.toContain('Not told');
});

describe('JSON Lines', () => {
  test('has the whole tree on one line, without our ids', async () => {
    using folder = temporaryFolder();
    await using house = await open(folder);
    await keep(house, branched);
    const { text, name } = await house.take('jsonl');
    expect(text.endsWith('\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({
      daimon: 'conversation',
      version: 1,
      title: 'On “light” houses: a/b\\c',
      created: '2024-02-03T04:05:06.789Z',
      changed: '2024-02-04T04:05:06.789Z',
      folder: 'Sea',
      pinned: true,
      id: 'c1',
      from: 'chatgpt',
      tip: 2,
      messages: [
        {
          id: 0,
          parent: null,
          role: 'user',
          at: '2024-02-03T04:05:06.789Z',
          text: 'Who keeps it?',
          attachments: [{ name: 'log.txt', text: 'calm' }, { name: 'b.png' }],
        },
        { id: 1, parent: 0, role: 'assistant', at: '2024-02-03T04:05:06.790Z', model: 'gpt-4o', text: 'A keeper.' },
        {
          id: 2,
          parent: 0,
          role: 'assistant',
          at: '2024-02-03T04:05:06.791Z',
          model: 'gpt-4o',
          state: 'stopped',
          text: 'The **wind**.\n',
        },
      ],
    });
    expect(name).toMatch(/^daimon-conversations-.*\.jsonl$/);
  });

  test('comes back the same in another daimon: tree, tips, titles, folders, pins, times, models, attachments, sources', async () => {
    const runs = process.env['DAIMON_LONG'] ? 2_000 : 40;
    const word = fc.string({ unit: 'grapheme', maxLength: 30 });
    const time = fc.integer({ min: first, max: first + 1e9 });
    const attachments = fc.array(
      fc.record(
        { name: fc.stringMatching(/^[a-zé ]{1,9}$/), text: fc.string({ minLength: 1 }) },
        { requiredKeys: ['name'] },
      ),
      { minLength: 1, maxLength: 2 },
    );
    const label = fc.stringMatching(/^[a-zé]{1,9}$/);
    const source = fc.record(
      {
        ...{ file: label, name: label, title: label, heading: label, quote: word },
        kind: fc.constantFrom('pdf' as const, 'mail' as const),
        page: fc.nat(999),
        date: time,
        cited: fc.constant(true),
        gone: fc.constant(true),
        weight: fc.constantFrom('much' as const, 'none' as const),
      },
      { requiredKeys: ['file', 'name', 'kind', 'quote'] },
    );
    // A question hangs on an answer or begins, an answer hangs on a question: so trees are made here.
    const turn = fc.record({
      above: fc.nat(),
      begins: fc.boolean(),
      text: word,
      at: time,
      model: fc.option(fc.stringMatching(/^[a-z0-9-]{1,10}$/), { nil: undefined }),
      attachments: fc.option(attachments, { nil: undefined, freq: 3 }),
      state: fc.option(fc.constantFrom('stopped' as const, 'failed' as const), { nil: undefined, freq: 4 }),
      sources: fc.option(fc.array(source, { maxLength: 3 }), { nil: undefined, freq: 2 }),
    });
    const conversation = fc.record({
      title: fc.stringMatching(/^[a-zA-Zß"'\\{}]{1,20}$/),
      createdAt: time,
      changedAt: time,
      folder: fc.option(fc.stringMatching(/^[A-Z]{1,5}$/), { nil: undefined }),
      pinned: fc.boolean(),
      from: fc.constantFrom('chatgpt' as const, 'claude' as const, 'daimon' as const),
      tip: fc.nat(),
      turns: fc.array(turn, { minLength: 1, maxLength: 12 }),
    });
    const built = (
      { turns, tip, folder, pinned, ...rest }: typeof conversation extends fc.Arbitrary<infer T> ? T : never,
      i: number,
    ): ParsedConversation => {
      const messages: ParsedMessage[] = [];
      for (const [n, { above, begins, text, at, model, attachments: files, state, sources }] of turns.entries()) {
        const parent = begins || n === 0 ? undefined : messages[above % n]!;
        const role = parent?.role === 'user' ? 'assistant' : 'user';
        messages.push({
          id: `m${n}`,
          parent: parent?.id ?? null,
          role,
          text,
          at,
          ...(role === 'assistant' && {
            ...(model && { model }),
            ...(state && { state }),
            ...(sources && { sources: sources.map((one, i) => ({ ...one, n: i + 1 })) }),
          }),
          ...(role === 'user' && files && { attachments: files }),
        });
      }
      const end = messages[tip % messages.length]!.id;
      return { ...rest, id: `x${i}`, messages, tip: end, ...(folder && { folder }), ...(pinned && { pinned }) };
    };
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { minLength: 1, maxLength: 4 }), async (list) => {
        await using here = await exchange({ key, library: libraryOf({}) });
        await keep(here, ...list.map(built));
        const { text } = await here.take('jsonl');
        await using there = await exchange({ key, library: libraryOf({ export: text }) });
        expect(await there.bring('export')).toMatchObject({ conversations: list.length, known: 0, refused: [] });
        expect((await there.take('jsonl')).text).toBe(text);
        // Once more: all of it is known.
        expect(await there.bring('export')).toMatchObject({ conversations: 0, messages: 0, known: list.length });
      }),
      { numRuns: runs, seed: 4 },
    );
  }, 120_000);

  test('one begun here goes to another daimon, grows there, and comes back grown', async () => {
    using folder = temporaryFolder();
    await using here = await open(folder);
    for await (const _ of here.do['assistant.send']({ text: 'Begin' }, never));
    const out = await here.take('jsonl');
    await using there = await open(folder, { out: out.text }, 'there.db');
    await there.bring('out');
    const { id } = (await there.do['assistant.conversations']({ limit: 1 }, never))[0]!;
    for await (const _ of there.do['assistant.send']({ text: 'Go on there', conversation: id }, never));
    const back = (await there.take('jsonl')).text;
    await using home = await exchange({ file: folder.file('d.db'), key, library: libraryOf({ back }) });
    expect(await home.bring('back')).toMatchObject({ conversations: 0, known: 1, messages: 2 });
    const conversations = await home.do['assistant.conversations']({ limit: 9 }, never);
    expect(conversations).toMatchObject([{ title: 'Begin', messages: 4 }]);
  });
});

test('one taken out while its answer is written is known when it comes back', async () => {
  using folder = temporaryFolder();
  const files: Record<string, string> = {};
  const written = Promise.withResolvers<void>();
  const script = {
    async *answer() {
      yield 'The beginning';
      await written.promise;
      yield ' and the end.';
    },
  };
  await using house = await exchange({ file: folder.file('d.db'), key, library: libraryOf(files), script });
  for await (const one of house.do['assistant.send']({ text: 'Tell' }, never)) {
    if (one.kind !== 'token' || files['half']) continue;
    files['half'] = (await house.take('jsonl')).text;
    written.resolve();
  }
  expect(JSON.parse(files['half']!)).toMatchObject({ messages: [{}, { state: 'cut-off' }] });
  expect(await house.bring('half')).toMatchObject({ conversations: 0, messages: 0, known: 1 });
  expect((await house.take('markdown')).text).toContain('The beginning and the end.');
});

describe('pieces', () => {
  test('are never larger than 64 KB, and never end inside a character', async () => {
    using folder = temporaryFolder();
    await using house = await open(folder);
    const long = `${'x'.repeat(20_998)}${'😀'.repeat(30_000)}${'€'.repeat(50_000)}`;
    await keep(house, { ...branched, messages: [{ id: 'q', parent: null, role: 'user', text: long }], tip: 'q' });
    for (const format of ['markdown', 'jsonl'] as const) {
      const { pieces, text } = await house.take(format);
      expect(pieces.length).toBeGreaterThan(5);
      for (const piece of pieces) {
        expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(65_536);
        expect(piece.isWellFormed()).toBe(true);
      }
      expect(text).toContain(long);
    }
  });

  test('a name for the file is plain whatever the title is', () => {
    const at = Date.UTC(2026, 10, 24);
    expect(fileName('Ünïcode & Co. / ../../etc', 'jsonl', at)).toBe('daimon-unicode-co-etc-2026-11-24.jsonl');
    expect(fileName('灯台', 'markdown', at)).toBe('daimon-conversation-2026-11-24.md');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (title) => {
        expect(fileName(title, 'markdown', at)).toMatch(/^daimon-[a-z0-9][a-z0-9-]{0,49}-2026-11-24\.md$/);
      }),
    );
  });

  test('a conversation that is not here is said so; a temporary one is taken only when named', async () => {
    using folder = temporaryFolder();
    await using house = await open(folder);
    await expect(house.take('jsonl', '0'.repeat(26))).rejects.toMatchObject({ code: 'unknown-conversation' });
    for await (const _ of house.do['assistant.send']({ text: 'Secret', begin: { temporary: true } }, never));
    expect(await house.take('jsonl')).toMatchObject({ text: '', conversations: 0 });
    const { id } = (await house.do['assistant.conversations']({ limit: 1 }, never))[0]!;
    expect((await house.take('markdown', id)).text).toContain('Secret');
  });
});
