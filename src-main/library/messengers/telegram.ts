/**
 * Chats that Telegram Desktop exports as JSON: `result.json` of one chat or of all.
 *
 * There is no official description but github.com/telegramdesktop/tdesktop, `export/output/export_output_json.cpp`: each
 * chat is an object with `name`, `type`, `id` and then `messages`; a text is a string, or a list of strings and entities.
 */
import { Fault } from '../../wire/index.ts';
import { asUtf8 } from '../exports/encoding.ts';
import { field, isObject, listOf, textOf } from '../exports/values.ts';
import type { Told } from '../parts.ts';
import { daysOf, type Days, type Message } from './days.ts';
import { nested } from './nested.ts';

const LIMITS = { most: 4 << 20, deepest: 100 };

/** @throws Fault `not-an-export` when there is no list of messages in it */
export async function* partsOfTelegram(bytes: AsyncIterable<Uint8Array>, limits = LIMITS): AsyncGenerator<Told> {
  let days: Days | undefined;
  let known = false;
  let broken = 0;
  for await (const found of nested(asUtf8(bytes), 'messages', limits)) {
    switch (found.kind) {
      case 'begin':
        days = daysOf(titleOf(found.fields));
        known = true;
        broken = 0;
        break;
      case 'element': {
        const message = messageOf(found.text);
        if (message === 'broken') broken++;
        else if (message) yield* days!.add(message);
        break;
      }
      case 'too-large':
        broken++;
        break;
      case 'cut':
      case 'end':
        yield* days!.end();
        if (found.kind === 'cut')
          yield { kind: 'refused', why: 'The file ends in the middle of a chat; export it again.' };
        if (broken > 0) yield { kind: 'refused', why: `${broken} messages of a chat are damaged, or too large.` };
    }
  }
  if (!known) throw new Fault('not-an-export', 'There is no chat in this file.');
}

function titleOf(fields: ReadonlyMap<string, string>): string {
  return fields.get('name') || (fields.get('type') === 'saved_messages' ? 'Saved messages' : 'Telegram chat');
}

/** @returns undefined for what nobody said: calls, who joined, pictures without words */
function messageOf(json: string): Message | undefined | 'broken' {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return 'broken';
  }
  if (!isObject(value)) return 'broken';
  if (field(value, 'type') !== 'message') return undefined;
  const file = textOf(value, 'file_name');
  const text = [wordsOf(value), file ? `[file: ${file}]` : ''].filter((one) => one.trim() !== '').join('\n');
  if (text === '') return undefined;
  // As the clock of whoever exported it showed; the other field is in UTC, on another day for some.
  const at = Date.parse(`${textOf(value, 'date') ?? ''}Z`);
  const from = textOf(value, 'forwarded_from');
  return {
    who: textOf(value, 'from') ?? '',
    text: from ? `(forwarded from ${from}) ${text}` : text,
    ...(Number.isFinite(at) && { at }),
  };
}

function wordsOf(message: unknown): string {
  const whole = textOf(message, 'text');
  if (whole !== undefined) return whole;
  return listOf(message, 'text')
    .map((piece) => (typeof piece === 'string' ? piece : (textOf(piece, 'text') ?? '')))
    .join('');
}
