/** Exports as they come: whole, old, new, packed, broken and hostile. */
import { zipSync } from 'fflate';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { isFault } from '../../wire/index.ts';
import type { ParsedConversation } from '../ports.ts';
import { parsed, type Told } from '../process-door.ts';
import { parseExport, parseWith } from './parse.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
async function* inChunks(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
async function all(told: AsyncIterable<Told>) {
  const conversations: ParsedConversation[] = [];
  const refused: string[] = [];
  for await (const one of told)
    if (one.kind === 'conversation') conversations.push(one.conversation);
    else refused.push(one.why);
  return { conversations, refused };
}
const parse = (bytes: Uint8Array | string, size?: number) =>
  all(parseExport(inChunks(typeof bytes === 'string' ? utf8(bytes) : bytes, size), 'file'));
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'read',
    (error: unknown) => (isFault(error) ? error.code : error),
  );

const TOO_LARGE = 'It is larger than 64 MB, or has more parts than any conversation.';

interface Node {
  id: string;
  parent?: string | null;
  role?: string;
  text?: string;
  more?: object;
  content?: object;
}
/** A conversation as ChatGPT writes it. */
const chat = (nodes: Node[], more: object = {}) => ({
  title: 'A talk',
  create_time: 1700000000.25,
  update_time: 1700000100,
  conversation_id: 'c1',
  current_node: nodes.at(-1)?.id,
  mapping: Object.fromEntries(
    nodes.map(({ id, parent = null, role, text = '', more: fields = {}, content }) => [
      id,
      {
        id,
        parent,
        children: nodes.filter((one) => one.parent === id).map((one) => one.id),
        message: role
          ? {
              id,
              author: { role },
              content: content ?? { content_type: 'text', parts: [text] },
              create_time: 1700000001,
              recipient: 'all',
              metadata: {},
              ...fields,
            }
          : null,
      },
    ]),
  ),
  ...more,
});
const simple = chat([
  { id: 'root' },
  { id: 's', parent: 'root', role: 'system', text: '' },
  { id: 'u', parent: 's', role: 'user', text: 'What is blue?' },
  { id: 'a', parent: 'u', role: 'assistant', text: 'A colour.', more: { metadata: { model_slug: 'gpt-4o' } } },
]);
const brief = (conversation: ParsedConversation) =>
  conversation.messages.map(({ id, parent, role, text }) => [id, parent, role, text]);

describe('ChatGPT', () => {
  test('keeps turns, times, models and the title; what was no turn is left out and bridged', async () => {
    const { conversations, refused } = await parse(JSON.stringify([simple]));
    expect(refused).toEqual([]);
    expect(conversations).toEqual([
      {
        from: 'chatgpt',
        id: 'c1',
        title: 'A talk',
        createdAt: 1700000000250,
        changedAt: 1700000100000,
        tip: 'a',
        messages: [
          { id: 'u', parent: null, role: 'user', text: 'What is blue?', at: 1700000001000 },
          { id: 'a', parent: 'u', role: 'assistant', text: 'A colour.', at: 1700000001000, model: 'gpt-4o' },
        ],
      },
    ]);
  });

  test('keeps every branch, and the one that was shown', async () => {
    const { conversations } = await parse(
      JSON.stringify([
        chat(
          [
            { id: 'u', role: 'user', text: 'One?' },
            { id: 'a1', parent: 'u', role: 'assistant', text: 'First.' },
            { id: 'a2', parent: 'u', role: 'assistant', text: 'Second.' },
            { id: 'u1', parent: 'a1', role: 'user', text: 'And?' },
          ],
          { current_node: 'a2' },
        ),
      ]),
    );
    expect(brief(conversations[0]!)).toEqual([
      ['u', null, 'user', 'One?'],
      ['a1', 'u', 'assistant', 'First.'],
      ['a2', 'u', 'assistant', 'Second.'],
      ['u1', 'a1', 'user', 'And?'],
    ]);
    expect(conversations[0]!.tip).toBe('a2');
  });

  test('joins an answer that tools and thoughts cut into parts', async () => {
    const { conversations } = await parse(
      JSON.stringify([
        chat([
          { id: 'u', role: 'user', text: 'Draw the sum' },
          {
            id: 't',
            parent: 'u',
            role: 'assistant',
            content: { content_type: 'thoughts', thoughts: [{ content: 'hm' }] },
          },
          { id: 'a', parent: 't', role: 'assistant', text: 'I will count.' },
          {
            id: 'c',
            parent: 'a',
            role: 'assistant',
            content: { content_type: 'code', language: 'unknown', text: 'print(1+1)' },
            more: { recipient: 'python' },
          },
          { id: 'o', parent: 'c', role: 'tool', content: { content_type: 'execution_output', text: '2' } },
          {
            id: 'w',
            parent: 'o',
            role: 'assistant',
            content: { content_type: 'code', text: 'search("2")' },
            more: { recipient: 'browser' },
          },
          { id: 'b', parent: 'w', role: 'tool', content: { content_type: 'tether_browsing_display', result: 'x' } },
          {
            id: 'p',
            parent: 'b',
            role: 'tool',
            content: { content_type: 'multimodal_text', parts: [{ content_type: 'image_asset_pointer' }] },
          },
          { id: 'e', parent: 'p', role: 'assistant', text: 'It is 2.' },
          { id: 'r', parent: 'e', role: 'assistant', content: { content_type: 'reasoning_recap', content: '5 s' } },
        ]),
      ]),
    );
    expect(brief(conversations[0]!)).toEqual([
      ['u', null, 'user', 'Draw the sum'],
      ['e', 'u', 'assistant', 'I will count.\n\n```python\nprint(1+1)\n```\n\n[picture]\n\nIt is 2.'],
    ]);
    expect(conversations[0]!.tip).toBe('e');
  });

  test('keeps a document that was written beside the conversation', async () => {
    const made = (id: string, parent: string, document: string) => ({
      id,
      parent,
      role: 'assistant',
      content: { content_type: 'code', text: document },
      more: { recipient: 'canmore.create_textdoc' },
    });
    const { conversations } = await parse(
      JSON.stringify([
        chat([
          { id: 'u', role: 'user', text: 'Write both' },
          made('d', 'u', JSON.stringify({ name: 'Plan', type: 'document', content: '# Plan' })),
          made('c', 'd', JSON.stringify({ name: 'Sum', type: 'code/python', content: '1+1' })),
          made('x', 'c', 'not JSON'),
          { id: 'e', parent: 'x', role: 'assistant', text: 'Done.' },
        ]),
      ]),
    );
    expect(conversations[0]!.messages[1]!.text).toBe('Plan\n\n# Plan\n\nSum\n\n```python\n1+1\n```\n\nDone.');
  });

  test('says pictures, voice and files in words; hides what was hidden', async () => {
    const { conversations } = await parse(
      JSON.stringify([
        chat([
          { id: 'h', role: 'user', content: { content_type: 'user_editable_context', user_profile: 'secret' } },
          {
            id: 'v',
            parent: 'h',
            role: 'assistant',
            text: 'hidden',
            more: { metadata: { is_visually_hidden_from_conversation: true } },
          },
          {
            id: 'u',
            parent: 'v',
            role: 'user',
            content: {
              content_type: 'multimodal_text',
              parts: [
                { content_type: 'image_asset_pointer', asset_pointer: 'sediment://x' },
                { content_type: 'audio_transcription', text: 'spoken words' },
                null,
                7,
                'and written ones',
              ],
            },
            more: { metadata: { attachments: [{ name: 'plan.pdf' }, { id: 'no name' }, null] } },
          },
        ]),
      ]),
    );
    expect(conversations[0]!.messages).toEqual([
      {
        id: 'u',
        parent: null,
        role: 'user',
        text: '[picture]\n\nspoken words\n\nand written ones',
        at: 1700000001000,
        attachments: [{ name: 'plan.pdf' }],
      },
    ]);
  });

  test('takes times as text, and leaves out what is no time', async () => {
    const odd = chat([{ id: 'u', role: 'user', text: 'x', more: { create_time: '1700000001.5' } }], {
      create_time: '2023-11-14T22:13:20Z',
      update_time: 'soon',
      title: null,
      conversation_id: null,
      id: 42,
      is_starred: true,
    });
    const { conversations } = await parse(JSON.stringify([odd]));
    expect(conversations[0]).toMatchObject({ id: '42', title: '', createdAt: 1700000000000, pinned: true });
    expect(conversations[0]).not.toHaveProperty('changedAt');
    expect(conversations[0]!.messages[0]!.at).toBe(1700000001500);
  });
});

describe('Claude', () => {
  const talk = (messages: object[], more: object = {}) => ({
    uuid: 'k1',
    name: 'Stones',
    created_at: '2025-03-01T10:00:00.123Z',
    updated_at: '2025-03-02T10:00:00Z',
    chat_messages: messages,
    ...more,
  });

  test('reads the old list and the new tree', async () => {
    const old = talk([
      { uuid: 'm1', sender: 'human', text: 'Hi', created_at: '2025-03-01T10:00:01Z' },
      { uuid: 'm2', sender: 'assistant', text: 'Hello', content: [] },
    ]);
    const root = '00000000-0000-4000-8000-000000000000';
    const tree = talk(
      [
        { uuid: 'm1', sender: 'human', content: [{ type: 'text', text: 'Hi' }], parent_message_uuid: root },
        {
          uuid: 'm2',
          sender: 'assistant',
          text: 'not this',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'text', text: 'One' },
          ],
          parent_message_uuid: 'm1',
        },
        { uuid: 'm3', sender: 'assistant', content: [{ type: 'text', text: 'Two' }], parent_message_uuid: 'm1' },
        { uuid: 'm4', sender: 'human', content: [{ type: 'text', text: 'Other' }], parent_message_uuid: root },
      ],
      { uuid: 'k2', model: 'claude-x', current_leaf_message_uuid: 'm2', project: { name: 'Garden' }, is_starred: true },
    );
    const { conversations } = await parse(JSON.stringify([old, tree]));
    expect(conversations[0]).toMatchObject({
      from: 'claude',
      id: 'k1',
      title: 'Stones',
      tip: 'm2',
      createdAt: 1740823200123,
    });
    expect(brief(conversations[0]!)).toEqual([
      ['m1', null, 'user', 'Hi'],
      ['m2', 'm1', 'assistant', 'Hello'],
    ]);
    expect(conversations[1]).toMatchObject({ tip: 'm2', folder: 'Garden', pinned: true });
    expect(conversations[1]!.messages.map(({ model }) => model)).toEqual([
      undefined,
      'claude-x',
      'claude-x',
      undefined,
    ]);
    expect(brief(conversations[1]!)).toEqual([
      ['m1', null, 'user', 'Hi'],
      ['m2', 'm1', 'assistant', 'One'],
      ['m3', 'm1', 'assistant', 'Two'],
      ['m4', null, 'user', 'Other'],
    ]);
  });

  test('keeps pasted text, files and documents that were written', async () => {
    const { conversations } = await parse(
      JSON.stringify([
        talk([
          {
            uuid: 'm1',
            sender: 'human',
            text: '',
            attachments: [
              { file_name: '', extracted_content: 'a long paste' },
              { file_name: 'a.csv', extracted_content: '1,2' },
            ],
            files: [{ file_name: 'a.csv' }, { file_name: 'cat.png' }],
            files_v2: [{ file_name: 'cat.png' }],
          },
          {
            uuid: 'm2',
            sender: 'assistant',
            content: [
              { type: 'text', text: 'Here:' },
              {
                type: 'tool_use',
                name: 'artifacts',
                input: { title: 'Page', language: 'html', content: '<p>```</p>' },
              },
              { type: 'tool_use', name: 'web_search', input: { query: 'x' } },
              { type: 'tool_result', content: 'x' },
            ],
          },
        ]),
      ]),
    );
    expect(conversations[0]!.messages).toMatchObject([
      {
        text: '',
        attachments: [
          { name: 'pasted text', text: 'a long paste' },
          { name: 'a.csv', text: '1,2' },
          { name: 'cat.png' },
        ],
      },
      { text: 'Here:\n\nPage\n\n````html\n<p>```</p>\n````' },
    ]);
  });
});

describe('what holds them', () => {
  test('a ZIP, in one file or in parts, in any folder; whatever else is in it is passed over', async () => {
    const part = (id: string) => utf8(JSON.stringify([{ ...simple, conversation_id: id }]));
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    const zip = zipSync({
      'user.json': utf8('{"id":"x"}'),
      'file-cat.png': [noise, { level: 0 }],
      'export/conversations-000.json': part('one'),
      'chat.html': utf8('<html>'),
      '../../conversations-001.json': part('two'),
      'conversations.json.index': utf8('[]'),
      'shared_conversations.json': utf8('[{"id":"s"}]'),
    });
    for (const size of [1, 7, 1000, 1 << 20]) {
      const { conversations, refused } = await parse(zip, size);
      expect([conversations.map(({ id }) => id), refused]).toEqual([['one', 'two'], []]);
    }
  });

  test('a file of another program that has the same name does not hide the real one', async () => {
    const other = utf8(JSON.stringify(Array(5000).fill({ some: 'thing' })));
    const real = utf8(JSON.stringify([simple]));
    const { conversations } = await parse(zipSync({ 'a/conversations.json': other, 'b/conversations.json': real }));
    expect(conversations.map(({ id }) => id)).toEqual(['c1']);
  });

  test('JSON on lines, over lines, alone, wrapped, with marks, in UTF-16', async () => {
    const one = JSON.stringify(simple);
    const pretty = JSON.stringify(simple, null, 2);
    const utf16 = Buffer.from(`\ufeff[${one}]`, 'utf16le');
    const swapped = Buffer.from(utf16).swap16();
    const wrapped = `{"conversations":[${one}]}`;
    const forms = [one, pretty, `${one}\n`, wrapped, `\ufeff[${pretty}]`, `  [${one} ,\n]`, utf16, swapped];
    for (const [i, form] of forms.entries()) {
      const { conversations } = await parse(form, 501);
      expect(
        conversations.map(({ id }) => id),
        `form ${i}`,
      ).toEqual(['c1']);
    }
    expect((await parse(`${one}\n${pretty}\r\n\n${one}`)).conversations).toHaveLength(3);
  });

  test('what is no export is told so, with where to get one', async () => {
    const no = [
      '',
      'Dear diary',
      '[]',
      '{}',
      '[1,2,3]',
      '{"a":1}\n{"b":2}',
      '"x"',
      JSON.stringify(Array(1000).fill({ x: 1 })),
    ];
    for (const text of no) expect(await outcome(parse(text)), text.slice(0, 20)).toBe('not-an-export');
    expect(await outcome(parse(zipSync({ 'photo.jpg': utf8('x'), 'conversations.json': utf8('{"a":1}') })))).toBe(
      'not-an-export',
    );
    await expect(parse('x')).rejects.toThrow(/ChatGPT.*Data controls.*Claude.*JSON Lines/);
    // Not read on: the rest of it may be a film.
    let asked = 0;
    const film = (async function* () {
      for (; asked < 1000; asked++) yield crypto.getRandomValues(new Uint8Array(1000)).fill(1, 0, 1);
    })();
    expect(await outcome(all(parseExport(film, 'film.json')))).toBe('not-an-export');
    expect(asked).toBeLessThan(3);
  });
});

describe('broken and hostile', () => {
  const two = JSON.stringify([simple, { ...simple, conversation_id: 'c2' }]);

  test('JSON that ends in the middle brings what was whole', async () => {
    const { conversations, refused } = await parse(two.slice(0, -30));
    expect([conversations.map(({ id }) => id), refused]).toEqual([
      ['c1'],
      ['The file ends in the middle of it; download the export again.'],
    ]);
    expect(await outcome(parse(two.slice(0, 200)))).toBe('unreadable');
  });

  test('a ZIP that ends in the middle, or has a flipped byte, brings what was whole', async () => {
    const many = JSON.stringify(
      Array.from({ length: 200 }, (_, i) => ({ ...simple, conversation_id: `c${i}`, title: Math.sin(i) })),
    );
    const zip = zipSync({ 'conversations.json': utf8(many) });
    const { conversations, refused } = await parse(zip.slice(0, (zip.length * 2) / 3));
    expect(conversations.length).toBeGreaterThan(50);
    expect(conversations.length).toBeLessThan(200);
    expect(refused.join()).toMatch(/damaged or was cut off/);
    for (let i = 0; i < 60; i++) {
      const flipped = zip.slice();
      flipped[Math.floor((i / 60) * zip.length)]! ^= 1 << (i % 8);
      expect(await outcome(parse(flipped))).toMatch(/^(?:read|unreadable|not-an-export|encrypted-file|too-large)$/);
    }
  });

  test('one damaged conversation costs itself alone', async () => {
    const parts = [
      JSON.stringify(simple),
      '{"mapping": {"a": nope}}',
      '[[[',
      ']]]',
      JSON.stringify({ ...simple, conversation_id: 'c2' }),
    ];
    const { conversations, refused } = await parse(`[${parts[0]},${parts[1]},17,${parts[2]}${parts[3]},${parts[4]}]`);
    expect(conversations.map(({ id }) => id)).toEqual(['c1', 'c2']);
    expect(refused).toEqual(Array(3).fill('It is not a conversation, or damaged.'));
  });

  test('bombs are refused: by size, by ratio, by depth', async () => {
    const wide = utf8(`[${' '.repeat(3_000_000)}]`);
    const zip = zipSync({ 'conversations.json': wide });
    const zipLimits = { most: 1 << 30, ratio: 20, ratioFrom: 1 << 20 };
    expect(await outcome(all(parseWith(inChunks(zip), { zip: zipLimits })))).toBe('too-large');
    expect(await outcome(all(parseWith(inChunks(zip), { zip: { ...zipLimits, most: 2_000_000, ratio: 1e9 } })))).toBe(
      'too-large',
    );
    const deep = `[${JSON.stringify(simple)},{"mapping":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`;
    expect((await parse(deep)).refused).toEqual(['It is nested more deeply than any conversation.']);
    const large = `[${JSON.stringify(simple)},{"x":"${'y'.repeat(5000)}"},${JSON.stringify(simple)}]`;
    const told = await all(parseWith(inChunks(utf8(large)), { element: { most: 4000, deepest: 200, parts: 2000 } }));
    expect([told.conversations.length, told.refused]).toEqual([2, [TOO_LARGE]]);
    const alone = all(
      parseWith(inChunks(utf8(`[{"x":"${'y'.repeat(5000)}"}]`)), { element: { most: 4000, deepest: 9, parts: 9 } }),
    );
    expect(await outcome(alone)).toBe('too-large');
    const crumbs = `[${JSON.stringify(simple)},{"x":[${'{},'.repeat(1000)}{}]},${JSON.stringify(simple)}]`;
    const some = await all(parseWith(inChunks(utf8(crumbs)), { element: { most: 1e6, deepest: 200, parts: 2000 } }));
    expect([some.conversations.length, some.refused]).toEqual([2, [TOO_LARGE]]);
  });

  test('keys that change prototypes are keys, half characters and bytes that are no text become U+FFFD', async () => {
    const evil = `[{"__proto__":{"polluted":1},"title":"\\ud83d","id":"p","constructor":{"prototype":1},"mapping":{
      "__proto__":{"parent":null,"message":{"author":{"role":"user"},"content":{"parts":["a\\ud800b\\u0000c"]}}},
      "constructor":{"parent":"__proto__","message":{"__proto__":{"author":{"role":"user"}},"author":{"role":"assistant"},"content":{"parts":["ok"]}}}},
      "current_node":"toString"}]`;
    const bytes = Buffer.from(evil);
    bytes[bytes.indexOf('ok')] = 0xff;
    const { conversations } = await parse(bytes);
    expect(conversations[0]!.title).toBe('\ufffd');
    expect(brief(conversations[0]!)).toEqual([
      ['__proto__', null, 'user', 'a\ufffdb\ufffdc'],
      ['constructor', '__proto__', 'assistant', '\ufffdk'],
    ]);
    expect(conversations[0]!.tip).toBe('constructor');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('fields of every wrong type are survived', async () => {
    const wrong = [null, 7, 'x', [], {}, [null], true];
    const lines: unknown[] = [simple];
    for (const odd of wrong)
      lines.push(
        { mapping: { a: odd } },
        { mapping: { a: { parent: odd, children: odd, message: odd } } },
        { mapping: { a: { message: { author: odd, content: odd, metadata: odd, create_time: odd } } } },
        {
          mapping: {
            a: {
              message: {
                author: { role: 'user' },
                content: { content_type: odd, parts: odd, text: odd },
                recipient: odd,
              },
            },
          },
        },
        { chat_messages: [odd] },
        {
          chat_messages: [
            {
              sender: 'human',
              text: odd,
              content: odd,
              attachments: odd,
              files: odd,
              uuid: odd,
              parent_message_uuid: odd,
            },
          ],
        },
        { daimon: 'conversation', version: odd, messages: [odd] },
        {
          daimon: 'conversation',
          version: 1,
          origin: odd,
          messages: [{ role: 'user', text: odd, attachments: odd, at: odd }],
        },
      );
    const { conversations, refused } = await parse(JSON.stringify(lines));
    expect(conversations.length + refused.length).toBe(lines.length);
  });

  test('a chain of 100,000 and a mapping of very many nodes are read in a moment', async () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => [
      `n${i}`,
      {
        parent: i ? `n${i - 1}` : null,
        message: { author: { role: i % 2 ? 'assistant' : 'user' }, content: { parts: [`${i}`] } },
      },
    ]);
    const count = process.env['DAIMON_LONG'] ? 1_000_000 : 200_000;
    const empty = Array.from({ length: count }, (_, i) => `"${i}":{"parent":"${i - 1}"}`);
    const began = performance.now();
    const { conversations, refused } = await parse(
      `[{"mapping":${JSON.stringify(Object.fromEntries(chain))}},{"mapping":{${empty.join()}}}]`,
      1 << 20,
    );
    expect(conversations[0]!.messages).toHaveLength(100_000);
    expect(conversations[0]!.messages.at(-1)).toMatchObject({ parent: 'n99998', text: '99999' });
    expect(refused).toEqual(['Nothing was said in it.']);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test('a message longer than any screen takes is refused, and says why', async () => {
    const long = chat([{ id: 'u', role: 'user', text: 'x'.repeat(1_500_001) }]);
    expect((await parse(JSON.stringify([simple, long]), 1 << 20)).refused).toEqual([
      'A message in it is longer than 1,500,000 characters.',
    ]);
  });
});

test('a conversation with endless names passes the check of the core, which would end the whole import otherwise', async () => {
  const long = 'n'.repeat(5000);
  const message = { id: long, role: 'assistant', text: 'a', model: long, attachments: [{ name: long, text: 't' }] };
  const ours = { daimon: 'conversation', version: 1, id: long, title: long, folder: long, messages: [message] };
  const { conversations } = await parse(JSON.stringify(ours));
  const told = { kind: 'conversation', conversation: conversations[0], done: 0, total: 0 };
  expect(v.safeParse(parsed, told).issues).toBeUndefined();
});

test('a code block with half a million fences in it is read like any other', async () => {
  const text = '``` '.repeat(370_000);
  const more = { content: { content_type: 'code', text, language: 'python' } };
  const { conversations, refused } = await parse(
    JSON.stringify([
      chat([
        { id: 'q', role: 'user', text: 'a' },
        { id: 'a', parent: 'q', role: 'assistant', ...more },
      ]),
      chat([{ id: 'q', role: 'user', text: 'b' }], { conversation_id: 'c2' }),
    ]),
    1 << 20,
  );
  expect(refused).toEqual([]);
  expect(conversations.map(({ messages }) => messages.at(-1)!.text.slice(0, 10))).toEqual(['````python', 'b']);
});

test('a message with a hundred thousand files is refused, and what stands beside it is read', async () => {
  const metadata = { attachments: Array.from({ length: 100_000 }, () => ({ name: 'a' })) };
  const { conversations, refused } = await parse(
    JSON.stringify([
      chat([{ id: 'q', role: 'user', text: 'a', more: { metadata } }]),
      chat([{ id: 'q', role: 'user', text: 'b' }], { conversation_id: 'c2' }),
    ]),
    1 << 20,
  );
  expect(refused).toEqual(['A message in it has more than 1,000 files.']);
  expect(conversations).toHaveLength(1);
});
