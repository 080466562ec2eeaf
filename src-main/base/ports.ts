/** The narrow interfaces that every room takes from the base: clock, log, store, jobs, dial. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** Secret-free: event names, counts, codes. Never content, keys or file names. */
export interface Log {
  info(event: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  /** Writes an unexpected error (name, stack frames, no message text that may hold content); returns its id. */
  unexpected(error: unknown, where: string): string;
}

export type SqlValue = string | number | bigint | Uint8Array | null;
export interface Statement {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
}
export interface Migration {
  /** 1, 2, 3, … without gaps within a room. */
  readonly number: number;
  readonly sql: string;
}
/** The one encrypted SQLite file. Synchronous queries must stay under 10 ms; longer ones go to `background`. */
export interface Store {
  get<T>(sql: string, ...params: SqlValue[]): T | undefined;
  all<T>(sql: string, ...params: SqlValue[]): T[];
  run(sql: string, ...params: SqlValue[]): { readonly changes: number; readonly lastId: number | bigint };
  /** All or nothing; when it returns, the work is on disk. */
  transaction<T>(work: () => T): T;
  /** The same file through a worker with a connection of its own, so that tokens never wait. */
  readonly background: {
    all<T>(sql: string, params?: readonly SqlValue[], signal?: AbortSignal): Promise<T[]>;
    run(sql: string, params?: readonly SqlValue[], signal?: AbortSignal): Promise<{ readonly changes: number }>;
    /** All of them in one transaction, or none; `changes` counts the rows of all. Some ten milliseconds of work at most. */
    batch(statements: readonly Statement[], signal?: AbortSignal): Promise<{ readonly changes: number }>;
  };
  /** Brings a room's tables up to date; seals a backup of the file first when there is anything to do. */
  migrate(room: string, migrations: readonly Migration[]): Promise<void>;
  close(): Promise<void>;
}

/** What a running job gets. */
export interface JobContext {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Reports progress; the newest replaces an unread older one. */
  progress(now: JobProgress): void;
  /** Resolves at once, or when a paused job is resumed. Call it between steps. */
  checkpoint(): Promise<void>;
}
export interface JobProgress {
  readonly done: number;
  readonly total?: number;
  /** 'bytes', 'steps', 'files' … */
  readonly unit: string;
  /** Plain words for the screen, when there is more to say. */
  readonly note?: string;
}
export interface JobSpec<T> {
  /** 'engine.fetch', 'training.begin' …: the verb that began it. */
  readonly kind: string;
  /** Plain words for the screen. */
  readonly title: string;
  /** Whether the person may let it go on behind the lock screen. */
  readonly behindLock?: boolean;
  /** Of an interrupted job that its room goes on with: it keeps its id in the list. New otherwise. */
  readonly id?: string;
  run(context: JobContext): Promise<T>;
}
export interface Jobs {
  /** Starts work that outlives the view of it. `result` rejects with the work's Fault. */
  begin<T>(spec: JobSpec<T>): { readonly id: string; readonly result: Promise<T> };
}

export interface DialRequest {
  /** Why, in plain words; shown under "What left this machine". */
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly body?: Uint8Array;
}
/** Every outbound connection. Each is recorded (host, reason, bytes, time) and obeys the one switch. */
export interface Dial {
  /** https (http only to loopback). Throws `dial-cut` when the switch is on, `dial-failed` when the host cannot be reached. */
  fetch(url: string, request: DialRequest, signal?: AbortSignal): Promise<Response>;
  /** A loopback CONNECT proxy for programs that connect by themselves (pip); every tunnel is recorded under `reason`. */
  proxy(reason: string): Promise<{ readonly url: string; close(): Promise<void> }>;
}
