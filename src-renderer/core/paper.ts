/** A file of the person's that the window writes: straight to where they choose, or gathered and handed to the browser. */
import { desktop } from './desktop.ts';

export interface Paper {
  write(text: string): Promise<void>;
  /** Ends it. `name` is what it is called where nobody chose a name. @returns its bytes */
  done(name: string): Promise<number>;
  /** Gives it up; nothing is left behind. */
  drop(): Promise<void>;
}

interface Writable {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}
/** The part of the File System Access API that is used here; the DOM's typings do not have it. */
interface Picking {
  showSaveFilePicker?(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<{ createWritable(): Promise<Writable> }>;
}

export interface PaperOptions {
  readonly name: string;
  /** 'text/markdown' */
  readonly type: string;
  /** '.md' */
  readonly ending: string;
  readonly description: string;
  readonly view?: Window;
}

/** Bytes that are gathered here before they go into a Blob, which the browser keeps outside of this page's heap. */
const BATCH = 1 << 20;
/** Milliseconds that a download may take to begin before its address is taken back. */
const BEGIN_MS = 10_000;

/** @returns undefined when the person chose no file */
export async function openPaper(options: PaperOptions): Promise<Paper | undefined> {
  const { view = window, name, type, ending, description } = options;
  const { showSaveFilePicker } = view as Picking;
  // The desktop shell allows no file access of its own, and asks where a download goes.
  if (showSaveFilePicker && !desktop(view)) {
    try {
      const types = [{ description, accept: { [type]: [ending] } }];
      const file = await showSaveFilePicker.call(view, { suggestedName: name, types });
      return streamed(await file.createWritable());
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return undefined;
      // A shell that allows no such file: the browser's own download does.
      if (!(error instanceof DOMException)) throw error;
    }
  }
  return gathered(view, type);
}

function streamed(to: Writable): Paper {
  const encoder = new TextEncoder();
  let size = 0;
  return {
    async write(text) {
      const bytes = encoder.encode(text);
      size += bytes.length;
      await to.write(bytes);
    },
    async done() {
      await to.close();
      return size;
    },
    drop: () => to.abort(),
  };
}

function gathered(view: Window, type: string): Paper {
  let parts: Blob[] = [];
  let batch: string[] = [];
  let held = 0;
  const settle = () => {
    if (batch.length) parts.push(new Blob(batch));
    batch = [];
    held = 0;
  };
  return {
    write(text) {
      batch.push(text);
      held += text.length;
      if (held >= BATCH) settle();
      return Promise.resolve();
    },
    done(name) {
      settle();
      const file = new Blob(parts, { type });
      const address = URL.createObjectURL(file);
      const link = view.document.createElement('a');
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), BEGIN_MS);
      return Promise.resolve(file.size);
    },
    drop() {
      parts = [];
      batch = [];
      return Promise.resolve();
    },
  };
}

/** A name for a file, from a title: without what file systems forbid, and not too long. */
export const fileName = (title: string, ending: string): string =>
  `${
    title
      .replace(/[\u0000-\u001f\u007f\\/:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
      .replace(/\s+/g, ' ')
      .replace(/^[.\s]+|[.\s]+$/g, '')
      .slice(0, 80)
      .trim() || 'daimon'
  }${ending}`;
