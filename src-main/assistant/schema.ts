/** The conversation tree's tables. A message knows its parent; a conversation knows the tip of its current branch. */
import type { Migration } from '../base/ports.ts';

export const migrations: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        model TEXT,
        tip TEXT,
        -- Depth of the oldest message that still goes into the prompt; it moves in large steps, so that the engine's
        -- evaluated prefix stays usable for many turns.
        kept_from INTEGER NOT NULL DEFAULT 1
      ) STRICT;
      CREATE INDEX conversation_changed ON conversation (changed_at DESC);

      CREATE TABLE message (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        parent TEXT REFERENCES message (id) ON DELETE CASCADE,
        depth INTEGER NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        state TEXT CHECK (state IN ('writing', 'done', 'stopped', 'cut-off', 'failed')),
        model TEXT,
        tokens INTEGER,
        tokens_per_second REAL,
        first_token_ms REAL,
        device TEXT,
        note TEXT
      ) STRICT;
      CREATE INDEX message_conversation ON message (conversation);
      CREATE INDEX message_parent ON message (parent);
      CREATE INDEX message_writing ON message (state) WHERE state = 'writing';

      CREATE VIRTUAL TABLE message_words USING fts5 (
        text, content = 'message', content_rowid = 'n', tokenize = 'unicode61 remove_diacritics 2'
      );
      -- A deleted message must not live on in the index.
      INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);

      CREATE TABLE draft (
        -- '' is the conversation that has not begun.
        conversation TEXT PRIMARY KEY,
        text TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;`,
  },
];
