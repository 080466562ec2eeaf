/** What the core asks of the shell it runs in: children, files, notices. Each shell answers, or says "not here". */
import type { Wire } from '../wire/index.ts';

/** The closed list of processes that a shell may start, and the folder of src-main in which each begins (`process`). */
export const PROCESS_FOLDERS = { signer: 'signer', engine: 'engine', reader: 'library' } as const;
export type ProcessName = keyof typeof PROCESS_FOLDERS;

export interface Child {
  readonly wire: Wire;
  readonly pid: number;
  /** Resolves when the process is gone, however it went. Never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Ends it at once (SIGKILL). Closing the wire is the polite way: a child exits when its wire closes. */
  kill(): void;
}

/** What a notice of the system's shows to whoever looks at the screen: never a name, a file or a word of a conversation. */
export interface Notice {
  readonly text: string;
  /** Where a click leads, as the window's fragment: 'chat', 'own/models'. */
  readonly place: string;
}

export interface Host {
  readonly name: 'browser' | 'terminal' | 'electron';
  /** Starts a child of the closed list. `env` is added to a minimal environment; secrets never travel in it. */
  start(name: ProcessName, options?: { readonly env?: Readonly<Record<string, string>> }): Child;
  /** Opens a page or file of ours (the confirm window's redirect file) with the system's browser; false: not here. */
  open(target: string): Promise<boolean>;
  /** Tells the person, outside the window and only if they are not looking at it, that long work ended; false: not here. */
  notify(notice: Notice): boolean;
}
