/** JSON as lines that people and models read: each value under the path of keys that leads to it. */
import { MOST_CHARACTERS } from '../process-door.ts';
import { decode } from './decode.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

/** A tree of it takes ten times as much of the heap; longer ones are shown as they stand. */
const MOST_PARSED = 16 << 20;
/** Short lists of numbers and words stand on one line. */
const SHORT_LIST = 200;

/** Undefined for what is no JSON, such as configuration with remarks in it: then it is shown as it stands. */
export function readJson({ bytes }: Given): Raw | undefined {
  if (bytes.length > MOST_PARSED) return undefined;
  const text = decode(bytes).replace(/^\ufeff/, '');
  const whole = parse(text);
  if (whole !== undefined) {
    const { lines, cut } = flat(whole);
    return raw(lines.join('\n'), cut ? 'Only the first values were read.' : undefined);
  }
  return readLines(text);
}

/** One value a line (JSON Lines, NDJSON); a few broken lines are no reason to refuse the rest. */
function readLines(text: string): Raw | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const records: string[] = [];
  let broken = 0;
  let length = 0;
  for (const line of lines) {
    const value = parse(line);
    if (value === undefined) broken++;
    else if (length <= MOST_CHARACTERS) {
      const record = flat(value).lines.join('\n');
      length += record.length + 2;
      records.push(record);
    }
  }
  if (lines.length < 2 || broken > lines.length / 10) return undefined;
  return raw(
    records.join('\n\n'),
    broken > 0 ? `${broken} of ${lines.length} lines are damaged and were left out.` : undefined,
  );
}

const raw = (text: string, note?: string): Raw => ({ kind: 'json', text: tidy(text), ...(note && { note }) });

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `keys.of[3].this: value`; without recursion, since depth is the file's choice. */
function flat(top: unknown): { lines: string[]; cut: boolean } {
  const lines: string[] = [];
  let length = 0;
  const todo: { path: string; value: unknown }[] = [{ path: '', value: top }];
  while (todo.length > 0) {
    const { path, value } = todo.pop()!;
    if (typeof value === 'object' && value !== null) {
      const short = Array.isArray(value) && shortList(value);
      if (typeof short === 'string') put(path, short);
      else {
        const list = Array.isArray(value);
        const entries = Object.entries(value);
        // The last is taken first.
        for (let i = entries.length - 1; i >= 0; i--) {
          const [key, inner] = entries[i]!;
          todo.push({ path: list ? `${path}[${key}]` : path ? `${path}.${key}` : key, value: inner });
        }
      }
    } else if (value !== null && value !== '') put(path, String(value));
    if (length > MOST_CHARACTERS) return { lines, cut: true };
  }
  return { lines, cut: false };

  function put(path: string, value: string) {
    // Long texts are prose, and stand by themselves.
    const line = value.includes('\n') ? `${path}:\n${value}\n` : path ? `${path}: ${value}` : value;
    length += line.length + 1;
    lines.push(line);
  }
}

function shortList(list: readonly unknown[]): string | undefined {
  let length = 0;
  for (const one of list) {
    if (typeof one === 'object' && one !== null) return undefined;
    if ((length += String(one).length + 2) > SHORT_LIST || String(one).includes('\n')) return undefined;
  }
  return list.join(', ');
}
