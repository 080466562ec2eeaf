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
  {
    number: 2,
    sql: `
      CREATE TABLE persona (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        shape TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE conversation ADD COLUMN folder TEXT;
      ALTER TABLE conversation ADD COLUMN persona TEXT;
      ALTER TABLE conversation ADD COLUMN shape TEXT NOT NULL DEFAULT '{}';
      -- Messages on the current branch. Kept here: a list of 5,000 conversations must not look up 5,000 messages.
      ALTER TABLE conversation ADD COLUMN length INTEGER NOT NULL DEFAULT 0;
      -- 'chatgpt:ID': what was brought once is not brought again.
      ALTER TABLE conversation ADD COLUMN source TEXT;
      -- 1 while a long conversation comes or goes in several pieces: not shown, and swept if the program ends before.
      ALTER TABLE conversation ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
      -- The whole order of the list: without the id each list would be sorted again, 2 ms of 7.
      DROP INDEX conversation_changed;
      CREATE INDEX conversation_changed ON conversation (changed_at DESC, id DESC);
      CREATE UNIQUE INDEX conversation_source ON conversation (source) WHERE source IS NOT NULL;
      CREATE INDEX conversation_persona ON conversation (persona) WHERE persona IS NOT NULL;
      CREATE INDEX conversation_folder ON conversation (folder) WHERE folder IS NOT NULL;
      CREATE INDEX conversation_hidden ON conversation (hidden) WHERE hidden = 1;

      ALTER TABLE message ADD COLUMN seed INTEGER;
      ALTER TABLE message ADD COLUMN persona TEXT;
      -- The child that the current branch last went through (null: the newest): choosing a message leads to where the
      -- person was below it.
      ALTER TABLE message ADD COLUMN chosen TEXT;
      -- Of an answer: depth of the oldest message that went into its prompt. The next answer below it, by the same model,
      -- begins there too, so that the engine's evaluated prefix stays usable; other branches have their own.
      ALTER TABLE message ADD COLUMN kept_from INTEGER;
      CREATE INDEX message_root ON message (conversation) WHERE parent IS NULL;
      UPDATE message SET chosen = (SELECT id FROM message AS child WHERE child.parent = message.id ORDER BY n DESC LIMIT 1);
      UPDATE message SET kept_from = c.kept_from FROM conversation AS c WHERE c.tip = message.id AND role = 'assistant';
      UPDATE conversation SET length = coalesce((SELECT depth FROM message WHERE message.id = conversation.tip), 0);
      ALTER TABLE conversation DROP COLUMN kept_from;

      CREATE TABLE attachment (
        id TEXT PRIMARY KEY,
        -- The conversation whose draft it lies with ('': the one that has not begun; 'sending': only until its question is
        -- committed), until it is sent with a message.
        draft TEXT,
        message TEXT REFERENCES message (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        characters INTEGER NOT NULL,
        pages INTEGER,
        note TEXT,
        at INTEGER NOT NULL,
        -- As measured when it was attached: under which model, and how much that model could take.
        tokens INTEGER,
        room INTEGER,
        measured_by TEXT,
        -- Characters from the beginning that went into the prompt of which model: the same ones in every later turn.
        fitted INTEGER,
        fitted_by TEXT,
        CHECK ((draft IS NULL) <> (message IS NULL))
      ) STRICT;
      CREATE INDEX attachment_message ON attachment (message) WHERE message IS NOT NULL;
      CREATE INDEX attachment_draft ON attachment (draft) WHERE draft IS NOT NULL;
      -- Apart, because a change of a row writes all of it again: megabytes, while an answer waits.
      CREATE TABLE attachment_text (
        attachment TEXT PRIMARY KEY REFERENCES attachment (id) ON DELETE CASCADE,
        text TEXT NOT NULL
      ) STRICT;`,
  },
  {
    number: 3,
    sql: `
      -- What the last question was to be answered from, as JSON; null: not from the person's files.
      ALTER TABLE conversation ADD COLUMN sources TEXT;
      -- Of a question: what it was to be answered from. Of an answer: what was searched for it, which may have found nothing.
      ALTER TABLE message ADD COLUMN sources TEXT;

      -- A passage that went into an answer's prompt under the number n. Facts about it are copied: the library reads files
      -- anew, and what an answer was made from must not change with them.
      CREATE TABLE answer_source (
        message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        -- Of the library; '' when the answer was brought from an export.
        place TEXT NOT NULL,
        file TEXT NOT NULL,
        name TEXT NOT NULL,
        title TEXT,
        kind TEXT NOT NULL,
        page INTEGER,
        heading TEXT,
        date INTEGER,
        passage INTEGER NOT NULL,
        document INTEGER NOT NULL,
        -- As much of the passage as stood in the prompt; '' when it is gone, or was never here.
        text TEXT NOT NULL,
        -- Word for word from it.
        quote TEXT NOT NULL,
        cited INTEGER NOT NULL DEFAULT 0,
        weight TEXT CHECK (weight IN ('much', 'little', 'none')),
        gone INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (message, n)
      ) STRICT;
      -- Only what still has to be forgotten one day.
      CREATE INDEX answer_source_file ON answer_source (place, file) WHERE gone = 0;`,
  },
];
