/** Conversations to look at in previews: each fills a scripted assistant, and may have an answer written while one looks. */
import type { Core } from '../../core/doors.ts';
import { scripted, type Scripted } from './scripted.ts';

export interface Talk {
  readonly script: Scripted;
  /** Where the window opens. */
  readonly hash: string;
  /** Once the window stands. */
  begin?(core: Core): Promise<void>;
}

const TABLE = `They lost the *Perpétua* in the night of **11 February 1956**, not in January as your draft has it. Nan names the day twice: in the letter she wrote to Anselm the morning after, and again in the account book, where the harbour fees simply stop.

Three dates you can build on:

| 1956 | What happened | From |
|---|---|---|
| 2 February | Ice in the inner harbour; nobody sails | letter |
| 11 February | The boat breaks her mooring at night | letter, accounts |
| 4 March | Her father signs on at the cannery | accounts |

I found nothing about who raised the wreck. See \`accounts.txt\` and https://example.org/harbour.`;
const CODE = `This looks for a date in the first line of the text beside each scan. It only shows what it would do; nothing is renamed until you add \`--go\`.

\`\`\`python
import re, sys
from pathlib import Path

go = "--go" in sys.argv
for note in sorted(Path("scans").glob("*.txt")):
    first = note.read_text().split("\\n", 1)[0]
    if found := re.search(r"\\d{4}-\\d{2}-\\d{2}", first):
        print(f"{note.name} -> {found[0]}-{note.name}", "" if go else "(would be renamed; run it again with --go)")
\`\`\`

1. Keep the scans where they are.
2. Run it once and read what it says.

> Nothing is renamed before you have read the list.

The average is $\\bar{x} = \\frac{1}{n} \\sum_i x_i$.`;
const ARABIC = `نعم. كتبت الجدة عن ذلك الشتاء في رسالتين.

- الرسالة الأولى من **11 فبراير 1956**
- دفتر الحسابات، الصفحة 41: \`accounts.txt\`

| التاريخ | ما حدث |
|---|---|
| 2 فبراير | جليد في الميناء الداخلي |`;
export const LONG_TITLE =
  'What did Nan write about the winter in which they lost the boat, and which of the dates in chapter six of the Salt Year are right, if one believes the harbour account book more than the letters to Anselm '.slice(
    0,
    200,
  );

const boat = (script: Scripted) =>
  script.add('The winter of the boat', [
    'What did Nan write about the winter they lost the boat? I want the dates in chapter six to be right.',
    TABLE,
    'Good. Can you write a small script that puts the date in front of each scan’s name?',
    CODE,
  ]);
const others = (script: Scripted) => {
  const day = 86_400_000;
  script.add('A letter to the council', ['Hello', 'Hello.'], Date.now() - day / 4);
  script.add(LONG_TITLE, ['Hello', 'Hello.'], Date.now() - day);
  script.add('رسالة إلى البلدية عن الميناء القديم', ['Hello', 'Hello.'], Date.now() - 1.2 * day);
  script.add('W'.repeat(200), ['Hello', 'Hello.'], Date.now() - 9 * day);
  for (let i = 1; i < 40; i++)
    script.add(`Handout for week ${i}`, ['Hello', 'Hello.'], Date.now() - (20 + i * 9) * day);
};

/** Asks in a conversation and lets the answer begin; what is written is up to the caller. */
const ask = async (core: Core, text: string, conversation: string | undefined) => {
  for await (const _item of core['assistant.send']({ text, conversation })) return;
};

export const talks: Readonly<Record<string, () => Talk | Promise<Talk>>> = {
  table() {
    const script = scripted();
    others(script);
    return { script, hash: `#/chat/${boat(script).id}` };
  },
  /** An answer from files, weighed. */
  cited() {
    const script = scripted();
    const question = 'What did Nan write about the winter they lost the boat?';
    const { id } = script.add('The winter of the boat', [question, TABLE]);
    const at = script.messages.findIndex(({ text }) => text === TABLE);
    const text = TABLE.replace('morning after,', 'morning after [1],')
      .replace('simply stop.', 'simply stop [2].')
      .replace('| letter |', '| [1] |')
      .replace('| letter, accounts |', '| [1] [2] |')
      .replace('| accounts |', '| [2] |');
    const letters = { file: '/home/mara/letters/Letter to Anselm.docx', name: 'Letter to Anselm.docx' };
    const book = { file: '/home/mara/letters/Harbour account book.pdf', name: 'Harbour account book.pdf' };
    script.messages[at] = {
      ...script.messages[at]!,
      text,
      sources: [
        { ...letters, n: 1, kind: 'docx', title: 'Letter to Anselm', date: Date.UTC(1956, 1, 12), cited: true, passage: 5010, document: 10, weight: 'much', quote: 'At first light only the rope was left on the ring.' },
        { ...book, n: 2, kind: 'pdf', page: 41, cited: true, passage: 5011, document: 11, weight: 'little', quote: '11 Feb. No fee, no boat.' },
        { ...letters, n: 3, kind: 'docx', cited: false, passage: 5012, document: 10, weight: 'none', quote: 'The bread cart did not come.' },
      ],
    }; // prettier-ignore
    script.conversations.find((one) => one.id === id)!.sources = 'library';
    return { script, hash: `#/chat/${id}` };
  },
  long() {
    const script = scripted();
    others(script);
    const said = Array.from({ length: 10_000 }, (_, i) =>
      i % 2 ? `Answer ${(i + 1) / 2}: the harbour fees stop on page ${i}.` : `And what stands on page ${i + 1}?`,
    );
    return { script, hash: `#/chat/${script.add('Page by page through the account book', said).id}` };
  },
  rtl() {
    const script = scripted();
    others(script);
    const { id } = script.add('رسالة إلى البلدية عن الميناء القديم', [
      'ماذا كتبت الجدة عن الشتاء الذي فقدوا فيه القارب (Perpétua)؟',
      ARABIC,
    ]);
    return { script, hash: `#/chat/${id}` };
  },
  title() {
    const script = scripted();
    others(script);
    return { script, hash: `#/chat/${script.add(LONG_TITLE, [LONG_TITLE, 'W'.repeat(300)]).id}` };
  },
  /** A conversation with several versions, and documents with a question. */
  async branches() {
    const script = scripted();
    others(script);
    const { id } = boat(script);
    const [, first, , second] = script.messages.slice(-4);
    const end = new AbortController();
    const take = (verb: 'assistant.again' | 'assistant.send', input: object, text: string, state?: 'stopped') => {
      void Promise.resolve(script.handlers[verb](input as never, end.signal));
      script.write(text);
      script.finish(state);
    };
    take(
      'assistant.again',
      { conversation: id, message: second!.id },
      'Here is a shorter one.\n\n```sh\nfor f in scans/*.txt; do echo "$f"; done\n```',
    );
    take(
      'assistant.again',
      { conversation: id, message: second!.id },
      'I would first ask which of the scans carry a date at all. Then',
      'stopped',
    );
    take(
      'assistant.again',
      { conversation: id, message: first!.id },
      'The night of **11 February 1956**, by the account book.',
    );
    const { upload } = await script.handlers['library.offer']({ name: 'chapter-six.docx', size: 9000 }, end.signal);
    await script.handlers['library.give']({ upload, bytes: new Uint8Array(6300).fill(97) }, end.signal);
    const after = script.messages.at(-1)!.id;
    take('assistant.send', { conversation: id, text: 'And what has to change?', parent: after }, 'Two sentences.');
    const kept = await script.handlers['assistant.attach']({ conversation: id, upload }, end.signal);
    take(
      'assistant.send',
      {
        conversation: id,
        parent: after,
        text: 'Which sentences of chapter six have to change, then?',
        attachments: [{ id: kept.id }],
      },
      'Only two of them.\n\n1. “It was January when the ice let go of her.”\n2. “By the end of that month her father had found other work.”',
    );
    return { script, hash: `#/chat/${id}` };
  },
  writing() {
    const script = scripted();
    others(script);
    const { id } = boat(script);
    return {
      script,
      hash: `#/chat/${id}`,
      async begin(core) {
        await ask(core, 'And who raised the wreck?', id);
        script.write('Nan does not say. The account book has one entry that may be about it, on **page 43');
      },
    };
  },
  reading() {
    const script = scripted();
    others(script);
    const { id } = boat(script);
    return { script, hash: `#/chat/${id}`, begin: (core) => ask(core, 'And who raised the wreck?', id) };
  },
  failed() {
    const script = scripted();
    others(script);
    const { id } = script.add('The winter of the boat', []);
    return {
      script,
      hash: `#/chat/${id}`,
      async begin(core) {
        await ask(core, 'And who raised the wreck?', id);
        script.finish('failed', 'The engine stopped unexpectedly and is starting again. Ask again in a moment.');
      },
    };
  },
  note() {
    const script = scripted();
    others(script);
    const { id } = script.add('The winter of the boat', []);
    return {
      script,
      hash: `#/chat/${id}`,
      async begin(core) {
        await ask(core, 'Read the whole account book, please.', id);
        script.note('The beginning of this conversation no longer fits; the model saw the last 12 messages.');
        script.write('Page 41 ends with “11 Feb. No fee, no boat.” After that');
        script.finish('stopped');
      },
    };
  },
};
