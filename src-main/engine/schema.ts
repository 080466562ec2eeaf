/** The engine's tables: the models that are here, how fast they wrote and were timed, what was measured of the machine. */
import type { Migration } from '../base/ports.ts';

export const migrations: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE engine_models (
        sha256 TEXT PRIMARY KEY,
        -- Id of the catalogue, if it is one of its models.
        entry TEXT,
        size INTEGER NOT NULL,
        -- Of the file when it was last hashed: as long as size and time stand, so does the hash.
        changed REAL NOT NULL,
        -- Where a linked file lies; null for a file of our own.
        path TEXT,
        -- Who keeps a linked file.
        keeper TEXT,
        -- What the validator found, as JSON.
        info TEXT NOT NULL,
        added INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE engine_speeds (
        sha256 TEXT NOT NULL,
        -- Processor, threads and back end together.
        machine TEXT NOT NULL,
        speed REAL NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (sha256, machine)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE engine_machine (
        machine TEXT PRIMARY KEY,
        memory_rate REAL NOT NULL,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    number: 2,
    sql: `
      CREATE TABLE engine_timings (
        sha256 TEXT NOT NULL,
        -- As in engine_speeds: on another machine a timing says nothing.
        machine TEXT NOT NULL,
        -- Tokens a second, reading and writing.
        prompt REAL NOT NULL,
        decode REAL NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (sha256, machine)
      ) STRICT, WITHOUT ROWID;
      -- The model that an arrival, not the person, made the one of new conversations.
      CREATE TABLE engine_choice (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        model TEXT
      ) STRICT;
    `,
  },
  {
    number: 3,
    sql: `
      -- Models that came with daimon and that the person has removed: they stay away.
      CREATE TABLE engine_removed (
        entry TEXT PRIMARY KEY
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
