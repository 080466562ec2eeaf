/** The library's tables: places and their files; what was read of each content; words and vectors of its passages. */
import type { Migration } from '../base/ports.ts';

/** What was added, and how far each file is. */
const PLACES = `
  CREATE TABLE place (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'file', 'given')),
    name TEXT NOT NULL,
    -- Absolute; of what has no place on disk: null.
    path TEXT UNIQUE,
    added_at INTEGER NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    ocr INTEGER NOT NULL DEFAULT 0,
    -- Patterns as in .gitignore, one a line.
    ignore TEXT NOT NULL DEFAULT '',
    -- Being taken out for good: what a kill left of that is finished at the next start.
    leaving INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL REFERENCES place (id),
    -- Absolute; of given files a name that is made unique.
    path TEXT NOT NULL UNIQUE,
    -- read: its content is here. refused: code and why say so.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'read', 'refused')),
    code TEXT,
    why TEXT,
    size INTEGER NOT NULL,
    -- As the disk had them when it was last looked at: milliseconds, and what else tells a change on this system.
    changed_at REAL NOT NULL,
    -- The content that was read; while a changed file waits, still the old one.
    content INTEGER REFERENCES content (id),
    read_at INTEGER,
    tries INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX file_place ON file (place, path);
  CREATE INDEX file_waiting ON file (place, id) WHERE state = 'waiting';
  CREATE INDEX file_content ON file (content) WHERE content IS NOT NULL;
`;

/** What was read. Files with the same bytes share it; a renamed file keeps it. */
const PASSAGES = `
  CREATE TABLE content (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of the bytes, and how they were read (the readers' version, whether pictures were recognised).
    hash TEXT NOT NULL,
    how TEXT NOT NULL,
    -- 0: a reading that has not come to its end; no file shows it, and the next start sweeps it.
    complete INTEGER NOT NULL DEFAULT 0,
    kind TEXT,
    documents INTEGER NOT NULL DEFAULT 0,
    passages INTEGER NOT NULL DEFAULT 0,
    -- Passages without a vector.
    bare INTEGER NOT NULL DEFAULT 0,
    pages INTEGER,
    language TEXT,
    note TEXT,
    UNIQUE (hash, how)
  ) STRICT;

  CREATE TABLE document (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content INTEGER NOT NULL REFERENCES content (id),
    n INTEGER NOT NULL,
    title TEXT,
    kind TEXT NOT NULL,
    language TEXT,
    date INTEGER,
    pages INTEGER,
    characters INTEGER NOT NULL,
    note TEXT,
    UNIQUE (content, n)
  ) STRICT;

  CREATE TABLE passage (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES document (id),
    n INTEGER NOT NULL,
    page INTEGER,
    heading TEXT,
    text TEXT NOT NULL,
    UNIQUE (document, n)
  ) STRICT;
`;

export const migrations: readonly Migration[] = [{ number: 1, sql: PASSAGES + PLACES }];
