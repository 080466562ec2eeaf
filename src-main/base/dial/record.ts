/** The record of connections: a row before the first packet, byte counts while it lasts, an outcome at its end. */
import type { Connection } from '../door.ts';
import type { Clock, Log, Store } from '../ports.ts';

/** How often the counts of an open connection go to disk; a crash loses that much of a count, never a connection. */
const SAVE_MS = 2_000;
/** Rows that are kept: years of use, about 10 MB. */
const KEPT = 100_000;

/** Bytes that went over the socket so far: TLS and HTTP heads and bodies, not the TCP and IP heads below them. */
export interface Counts {
  readonly bytesOut: number;
  readonly bytesIn: number;
}
export interface OpenEntry {
  /** Where the counts are read from once there is a socket. */
  count(counts: () => Counts): void;
  /** Only the first end counts. */
  end(outcome: 'done' | 'failed'): void;
}
export interface ConnectionRecord {
  open(host: string, reason: string): OpenEntry;
  /** The switch was on: nothing was sent, not even a question for an address. */
  refused(host: string, reason: string): void;
  /** Newest first; `before` is the id of the last one already seen. */
  list(limit: number, before?: number): Connection[];
  close(): void;
}

interface Row {
  readonly id: number;
  readonly host: string;
  readonly reason: string;
  readonly bytes_out: number;
  readonly bytes_in: number;
  readonly at: number;
  readonly ended_at: number | null;
  readonly outcome: Connection['outcome'];
}

export function connectionRecord(store: Store, clock: Clock, log: Log): ConnectionRecord {
  // What was open when daimon ended did not end by itself.
  store.run(`update connections set outcome = 'failed', ended_at = at where outcome = 'open'`);
  store.run('delete from connections where id <= (select max(id) from connections) - ?', KEPT);
  const live = new Map<number, () => Counts>();
  const add = (host: string, reason: string, outcome: Connection['outcome'], endedAt: number | null) =>
    Number(
      store.run(
        'insert into connections(host, reason, at, ended_at, outcome) values (?, ?, ?, ?, ?)',
        host,
        reason,
        clock.now(),
        endedAt,
        outcome,
      ).lastId,
    );
  const save = (id: number, { bytesOut, bytesIn }: Counts, outcome: Connection['outcome'], endedAt: number | null) => {
    try {
      store.run(
        'update connections set bytes_out = ?, bytes_in = ?, outcome = ?, ended_at = ? where id = ?',
        bytesOut,
        bytesIn,
        outcome,
        endedAt,
        id,
      );
    } catch (error) {
      // The row itself stands since before the first packet; a full disk costs its counts.
      log.unexpected(error, 'dial.record');
    }
  };
  const timer = setInterval(() => {
    for (const [id, counts] of live) save(id, counts(), 'open', null);
  }, SAVE_MS).unref();

  return {
    open(host, reason) {
      const id = add(host, reason, 'open', null);
      let counts = (): Counts => ({ bytesOut: 0, bytesIn: 0 });
      live.set(id, () => counts());
      return {
        count: (from) => (counts = from),
        end(outcome) {
          if (live.delete(id)) save(id, counts(), outcome, clock.now());
        },
      };
    },
    refused(host, reason) {
      add(host, reason, 'refused', clock.now());
    },
    list(limit, before) {
      const rows = store.all<Row>(
        'select * from connections where id < ? order by id desc limit ?',
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      );
      return rows.map(({ id, host, reason, bytes_out, bytes_in, at, ended_at, outcome }) => ({
        id,
        host,
        reason,
        bytesOut: bytes_out,
        bytesIn: bytes_in,
        ...live.get(id)?.(),
        at,
        ...(ended_at !== null && { endedAt: ended_at }),
        outcome,
      }));
    },
    close() {
      clearInterval(timer);
      for (const [id, counts] of live) save(id, counts(), 'failed', clock.now());
      live.clear();
    },
  };
}
