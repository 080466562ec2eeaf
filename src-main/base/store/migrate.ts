/** Brings a room's tables up to date: a sealed backup first, then each step in a transaction of its own. */
import type { Clock, Log, Migration } from '../ports.ts';
import type { Connection } from './driver.ts';
import { newer } from './faults.ts';

export interface MigrateOptions {
  readonly db: Connection;
  readonly clock: Clock;
  readonly log: Log;
  /** All or nothing, as the store has it. */
  transaction(work: () => void): void;
  /** Seals a copy of the file; called once, before the first step, and only when there is something to do. */
  backUp(what: string): void;
}

const TABLE = `create table if not exists _migrations(
  room text not null, number integer not null, at integer not null, primary key (room, number)) strict, without rowid`;

/**
 * Applies the steps of `room` that the file does not have yet.
 *
 * @throws Fault `database-newer` when the file has a step that this code does not know; what a step throws, after that
 *   step was rolled back (the steps before it stay)
 */
export function migrateRoom(
  { db, clock, log, transaction, backUp }: MigrateOptions,
  room: string,
  steps: readonly Migration[],
): void {
  if (!/^[a-z][a-z0-9-]*$/.test(room)) throw new RangeError('A room has a plain lower-case name.');
  if (steps.some(({ number }, index) => number !== index + 1))
    throw new RangeError(`The migrations of ${room} must be numbered 1, 2, 3, … in order.`);
  const has = appliedTo(db, room);
  if (has > steps.length) throw newer(room, has, steps.length);
  const todo = steps.slice(has);
  if (todo.length === 0) return;
  backUp(`${room}-${todo[0]!.number}`);
  for (const { number, sql } of todo) {
    transaction(() => {
      db.exec(TABLE);
      db.exec(sql);
      db.run('insert into _migrations values (?, ?, ?)', [room, number, clock.now()]);
    });
    log.info('store.migrated', { room, number });
  }
}

function appliedTo(db: Connection, room: string): number {
  const known = db.get(`select 1 from sqlite_master where type = 'table' and name = '_migrations'`, []);
  if (!known) return 0;
  return db.get<{ n: number | null }>('select max(number) as n from _migrations where room = ?', [room])?.n ?? 0;
}
