/** The library's tables: places and their files; what was read of each content; words and vectors of its passages. */
import type { Migration } from '../base/ports.ts';

/** Refused only because text recognition is off. */
export const PICTURE = 'picture-of-text';

/** Statements of a trigger that add a file to its place's counts, or take it out of them. */
function count(row: 'new' | 'old', sign: '+' | '-'): string {
  return `UPDATE tally SET
      files = files ${sign} 1,
      waiting = waiting ${sign} (${row}.state = 'waiting'),
      refused = refused ${sign} (${row}.state = 'refused'),
      pictures = pictures ${sign} (${row}.state = 'refused' AND ${row}.code IS '${PICTURE}'),
      read = read ${sign} (${row}.state = 'read' AND coalesce((SELECT bare > 0 FROM content WHERE id = ${row}.content), 0)),
      meaning = meaning ${sign} (
        ${row}.state = 'read' AND coalesce((SELECT bare = 0 FROM content WHERE id = ${row}.content), 1)),
      documents = documents ${sign} coalesce((SELECT documents FROM content WHERE id = ${row}.content), 0)
    WHERE place = ${row}.place;`;
}

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
    leaving INTEGER NOT NULL DEFAULT 0,
    -- The larger place that takes this one's files over, while it does.
    into_place TEXT,
    -- Which folder of the disk it was: an empty one under the same name may be a disk that is not there now.
    root TEXT
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
    inode REAL NOT NULL DEFAULT 0,
    -- The content that was read; while a changed file waits, still the old one.
    content INTEGER REFERENCES content (id),
    read_at INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    -- Who is read first: the lower.
    rank REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX file_place ON file (place, path);
  CREATE INDEX file_next ON file (place, rank, id) WHERE state = 'waiting';
  CREATE INDEX file_refused ON file (place, path) WHERE state = 'refused';
  CREATE INDEX file_content ON file (content) WHERE content IS NOT NULL;

  -- The bytes of what has no place on disk, until they are read.
  CREATE TABLE given (
    file INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (file, n)
  ) STRICT;
  -- SHA-256 of those bytes: the same text given twice is here once.
  CREATE TABLE given_hash (
    file INTEGER PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX given_by_hash ON given_hash (hash);

  -- What is being taken out: a whole place (path null), or a path in it.
  CREATE TABLE leaving (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    path TEXT
  ) STRICT;

  -- Of the indexing as a whole; one row.
  CREATE TABLE indexing (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    paused INTEGER NOT NULL DEFAULT 0,
    -- The job under which it is known: the same one every time, so that the list of jobs stays short.
    job TEXT
  ) STRICT;
  INSERT INTO indexing (one) VALUES (1);

  -- How many files of a place are how far: kept by triggers, since a state that is asked for ten times a second cannot
  -- count a hundred thousand rows.
  CREATE TABLE tally (
    place TEXT PRIMARY KEY,
    files INTEGER NOT NULL DEFAULT 0,
    waiting INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    meaning INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    documents INTEGER NOT NULL DEFAULT 0,
    pictures INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TRIGGER place_added AFTER INSERT ON place BEGIN
    INSERT INTO tally (place) VALUES (new.id);
  END;
  CREATE TRIGGER place_removed AFTER DELETE ON place BEGIN
    DELETE FROM tally WHERE place = old.id;
  END;
  CREATE TRIGGER file_counted AFTER INSERT ON file BEGIN
    ${count('new', '+')}
  END;
  CREATE TRIGGER file_uncounted AFTER DELETE ON file BEGIN
    ${count('old', '-')}
  END;
  CREATE TRIGGER file_recounted AFTER UPDATE OF place, state, code, content ON file BEGIN
    ${count('old', '-')}
    ${count('new', '+')}
  END;
  -- The last vector of a content, or the first passage that needs one again.
  CREATE TRIGGER content_recounted AFTER UPDATE OF bare ON content WHEN (old.bare = 0) <> (new.bare = 0) BEGIN
    UPDATE tally SET
      read = read + iif(new.bare = 0, -1, 1) * (
        SELECT count(*) FROM file WHERE content = new.id AND state = 'read' AND file.place = tally.place),
      meaning = meaning + iif(new.bare = 0, 1, -1) * (
        SELECT count(*) FROM file WHERE content = new.id AND state = 'read' AND file.place = tally.place)
    WHERE place IN (SELECT place FROM file WHERE content = new.id);
  END;
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
    -- Parts that could not be read, and the sentence of the first.
    refused INTEGER NOT NULL DEFAULT 0,
    why TEXT,
    UNIQUE (hash, how)
  ) STRICT;
  CREATE INDEX content_broken ON content (id) WHERE complete = 0;

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
    -- The head of the table that its rows belong to, where it does not stand in the text itself.
    context TEXT,
    -- Where the script has no spaces: the text with its words apart.
    apart TEXT,
    -- Of what is embedded, so that the same text is embedded once.
    digest BLOB NOT NULL,
    UNIQUE (document, n)
  ) STRICT;
  CREATE INDEX passage_digest ON passage (digest);

  -- What is found by: the passage, its neighbours (the words that a passage lacks often stand beside it), and what it is under.
  CREATE VIEW passage_window AS
    SELECT p.id, p.document, p.n, coalesce(p.apart, p.text) AS own,
      coalesce((SELECT coalesce(b.apart, b.text) FROM passage b WHERE b.document = p.document AND b.n = p.n - 1), '')
        || char(10) ||
      coalesce((SELECT coalesce(a.apart, a.text) FROM passage a WHERE a.document = p.document AND a.n = p.n + 1), '') AS near,
      coalesce(d.title, '') || char(10) || coalesce(p.heading, '') || char(10) || coalesce(p.context, '') AS head
    FROM passage p JOIN document d ON d.id = p.document;
  CREATE VIRTUAL TABLE passage_words USING fts5 (
    own, near, head, content = 'passage_window', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
  );

  -- A bit a dimension, alone in its table: each search reads all of it.
  CREATE TABLE passage_bits (
    passage INTEGER PRIMARY KEY REFERENCES passage (id),
    document INTEGER NOT NULL,
    embedder INTEGER NOT NULL REFERENCES embedder (id),
    bits BLOB NOT NULL
  ) STRICT;
  -- A signed byte a dimension, for the few that come close.
  CREATE TABLE passage_bytes (
    passage INTEGER PRIMARY KEY REFERENCES passage (id),
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE embedder (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  -- Passages that have no vector of the embedder that is in use.
  CREATE TABLE passage_bare (
    passage INTEGER PRIMARY KEY REFERENCES passage (id),
    content INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE shelf (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The one in use. filled: the passage up to which all were asked whether they have its vector; null: all were.
    embedder INTEGER REFERENCES embedder (id),
    filled INTEGER,
    passages INTEGER NOT NULL DEFAULT 0,
    bare INTEGER NOT NULL DEFAULT 0,
    -- How often words were taken out of an index since it was last written anew: it only notes that they are gone.
    dirty INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO shelf (one) VALUES (1);
  CREATE TRIGGER passage_came AFTER INSERT ON passage BEGIN
    UPDATE shelf SET passages = passages + 1;
  END;
  CREATE TRIGGER passage_went AFTER DELETE ON passage BEGIN
    UPDATE shelf SET passages = passages - 1;
  END;
  CREATE TRIGGER bare_came AFTER INSERT ON passage_bare BEGIN
    UPDATE shelf SET bare = bare + 1;
    UPDATE content SET bare = bare + 1 WHERE id = new.content;
  END;
  CREATE TRIGGER bare_went AFTER DELETE ON passage_bare BEGIN
    UPDATE shelf SET bare = bare - 1;
    UPDATE content SET bare = bare - 1 WHERE id = old.content;
  END;
`;

/** Words of the files' paths. */
const NAMES = `
  CREATE VIRTUAL TABLE file_words USING fts5 (
    path, content = 'file', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER file_came AFTER INSERT ON file BEGIN
    INSERT INTO file_words (rowid, path) VALUES (new.id, new.path);
  END;
  CREATE TRIGGER file_went AFTER DELETE ON file BEGIN
    INSERT INTO file_words (file_words, rowid, path) VALUES ('delete', old.id, old.path);
    UPDATE shelf SET dirty = dirty + 1;
  END;
  CREATE TRIGGER file_moved AFTER UPDATE OF path ON file WHEN old.path <> new.path BEGIN
    INSERT INTO file_words (file_words, rowid, path) VALUES ('delete', old.id, old.path);
    UPDATE shelf SET dirty = dirty + 1;
    INSERT INTO file_words (rowid, path) VALUES (new.id, new.path);
  END;
`;

export const migrations: readonly Migration[] = [{ number: 1, sql: PASSAGES + PLACES + NAMES }];
