/** The parts of a ZIP that somebody's export came in: conversations, chats and mails; everything else in it is passed over. */
import { Fault, isFault } from '../wire/index.ts';
import { pullFrom, type Pull } from './exports/pull.ts';
import { entriesOf } from './exports/zip.ts';
import type { Told } from './parts.ts';
import { partsOfStream, type StreamOptions } from './parts-stream.ts';
import { PEEK, sniff } from './sniff.ts';

/** As ChatGPT, Claude, daimon, WhatsApp, Telegram and Google Takeout name them, in any folder. */
const WANTED =
  /(?:^|[/\\])(?:conversations(?:-\d+)?\.json|[^/\\]*\.jsonl|_chat\.txt|WhatsApp[^/\\]*\.txt|result\.json|[^/\\]*\.(?:mbox|mbx|eml))$/i;
/** Office and books are ZIPs as well; in none of them lies a file of a name that is wanted, except by intent. */
const DOCUMENT = /^(?:\[Content_Types\]\.xml|mimetype|META-INF\/container\.xml|word\/|ppt\/|xl\/)/;

/** @throws Fault `not-an-export` before the first part, when nothing of the kind lies in it */
export async function* partsOfZip(pull: Pull, options: StreamOptions): AsyncGenerator<Told> {
  let found = false;
  try {
    const wanted = (name: string) => {
      if (!found && DOCUMENT.test(name)) throw nothing();
      return WANTED.test(name);
    };
    for await (const entry of entriesOf(pull, wanted)) {
      const bytes = pullFrom(entry.bytes);
      const head = (await bytes.exactly(PEEK)).slice();
      bytes.putBack(head);
      const name = entry.name.split(/[/\\]/).at(-1)!;
      const kind = sniff(head, name);
      if (kind === 'document' || kind === 'zip') continue;
      try {
        for await (const told of partsOfStream(kind, bytes.rest(), { ...options, name })) {
          found = true;
          yield told;
        }
      } catch (error) {
        // Some other program's file of that name, beside the ones that we know.
        if (!isFault(error, 'not-an-export')) throw error;
      }
    }
  } catch (error) {
    if (!found) throw isFault(error, 'unreadable') ? nothing() : error;
    // What is damaged costs what comes after it, and not what was read before.
    yield { kind: 'refused', why: isFault(error) ? error.message : 'The rest of this ZIP file is damaged.' };
    return;
  }
  if (!found) throw nothing();
}

const nothing = () => new Fault('not-an-export', 'There are no conversations, chats or mails in this ZIP file.');
