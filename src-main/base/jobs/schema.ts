/** The jobs' table: what was begun, how far it was last seen, and how it ended. */
import type { Migration } from '../ports.ts';

export const migrations: readonly Migration[] = [
  {
    number: 1,
    sql: `create table jobs(
      id text primary key,
      kind text not null,
      title text not null,
      state text not null check (state in ('running', 'paused', 'done', 'failed', 'stopped')),
      done real not null default 0,
      total real,
      unit text not null default '',
      note text,
      started_at integer not null,
      ended_at integer,
      fault_code text,
      fault_message text
    ) strict, without rowid`,
  },
];
