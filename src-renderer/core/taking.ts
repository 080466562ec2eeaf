/** Takes conversations out into a file of the person's, piece by piece. */
import type { Id } from '../../src-main/wire/schema.ts';
import { say } from '../messages/index.ts';
import type { Core } from './doors.ts';
import { openPaper, type Paper, type PaperOptions } from './paper.ts';

export type Format = 'markdown' | 'jsonl';

const KINDS = {
  markdown: { type: 'text/markdown', ending: '.md' },
  jsonl: { type: 'application/jsonl', ending: '.jsonl' },
} as const;
export const endingOf = (format: Format): string => KINDS[format].ending;

export interface Taken {
  readonly conversations: number;
  readonly bytes: number;
}

export interface Take {
  /** One conversation, or all. */
  readonly conversation: Id | undefined;
  readonly format: Format;
  /** For the file, with its ending. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Characters written so far: about the bytes. */
  readonly progress: (written: number) => void;
  readonly open?: (options: PaperOptions) => Promise<Paper | undefined>;
}

/** @returns undefined when no file was chosen; rejects with the Fault of an export that failed, which leaves no file */
export async function take(core: Core, options: Take): Promise<Taken | undefined> {
  const { conversation, format, name, signal, progress, open = openPaper } = options;
  const paper = await open({ ...KINDS[format], name, description: say.find.take[format] });
  if (!paper) return undefined;
  try {
    let written = 0;
    for await (const item of core['assistant.export']({ format, ...(conversation && { conversation }) }, signal)) {
      if (item.kind === 'piece') {
        await paper.write(item.text);
        written += item.text.length;
        progress(written);
      } else return { conversations: item.conversations, bytes: await paper.done(item.name || name) };
    }
    signal.throwIfAborted();
    return undefined;
  } catch (error) {
    await paper.drop();
    throw error;
  }
}
