/** The table behind "What left this machine". */
import type { Migration } from '../ports.ts';

export const migrations: readonly Migration[] = [
  {
    number: 1,
    sql: `create table connections(
      id integer primary key autoincrement,
      host text not null,
      reason text not null,
      bytes_out integer not null default 0,
      bytes_in integer not null default 0,
      at integer not null,
      ended_at integer,
      outcome text not null check (outcome in ('open', 'done', 'failed', 'refused'))
    ) strict`,
  },
];
