/** The conversation tree over one store: questions and answers are added to it, and never written over. */
import type { Clock, Store } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import { openAttachments } from './attachments.ts';
import { openBranches } from './branches.ts';
import type { Message, Shape, Sources } from './door.ts';
import { openDrafts } from './drafts.ts';
import { openPlaces } from './places.ts';
import { hide, remove } from './removal.ts';
import { toMessage, toSources, type MessageRow } from './rows.ts';
import { openSources, type Candidate, type Pointed } from './sources.ts';
import { titleOf } from './title.ts';

/** What an answer ends with. */
export type Ending = Pick<Message, 'text' | 'note' | 'device' | 'tokens' | 'tokensPerSecond' | 'firstTokenMs'> & {
  state: 'done' | 'stopped' | 'cut-off' | 'failed';
  /** Depth of the oldest message that went into the prompt; undefined when it came to none. */
  keptFrom: number | undefined;
  /** Passages that the answer points to. */
  pointed?: readonly Pointed[];
};
export interface Place {
  readonly conversation: Id;
  readonly question: Id;
  readonly answer: Id;
}
/** What an answer is made with, known before its first token. */
export interface Made {
  readonly model: string;
  readonly seed: number;
  /** The persona's name now. */
  readonly persona?: string | undefined;
}
export interface Question {
  /** Undefined: a new one begins. */
  readonly conversation: Id | undefined;
  /** The answer it comes after; null: the very beginning; undefined: the tip. */
  readonly parent?: Id | null | undefined;
  readonly text: string;
  readonly attachments?: readonly Id[];
  /** The person's files that the answer is to come from; null: none. */
  readonly sources?: Sources | null;
  readonly begin?: { readonly persona?: Id | undefined; readonly shape?: Shape | undefined };
  readonly made: Made;
}

/** Text of one page: with its envelope and what the carrier escapes it fits into one frame (8 MiB). */
const PAGE_BYTES = 4 << 20;

export type Tree = ReturnType<typeof openTree>;

/**
 * The tree over one store. Every method that writes has committed when it returns.
 *
 * Opening ends answers that were being written when the program last stopped: they become `cut-off` and searchable.
 */
export function openTree({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  const places = openPlaces(store);
  const branches = openBranches(store);
  const attachments = openAttachments({ store, clock, ids });
  const drafts = openDrafts({ store, clock });
  const sources = openSources({ store });

  const index = (id: Id) =>
    store.run('INSERT INTO message_words (rowid, text) SELECT n, text FROM message WHERE id = ?', id);
  const insertQuestion = (
    row: Pick<MessageRow, 'id' | 'conversation' | 'parent' | 'depth' | 'text' | 'sources'>,
    taken: readonly Id[],
  ) => {
    store.run(
      `INSERT INTO message (id, conversation, parent, depth, role, text, at, sources) VALUES (?, ?, ?, ?, 'user', ?, ?, ?)`,
      row.id,
      row.conversation,
      row.parent,
      row.depth,
      row.text,
      clock.now(),
      row.sources,
    );
    index(row.id);
    attachments.give(row.id, row.conversation, taken);
  };
  const insertAnswer = (
    { conversation, question, answer }: Place,
    { depth, text, made }: { depth: number; text: string; made: Made },
  ) => {
    store.run(
      `INSERT INTO message (id, conversation, parent, depth, role, text, at, state, model, seed, persona)
       VALUES (?, ?, ?, ?, 'assistant', ?, ?, 'writing', ?, ?, ?)`,
      answer,
      conversation,
      question,
      depth,
      text,
      clock.now(),
      made.model,
      made.seed,
      made.persona ?? null,
    );
  };
  /** The new answer's branch becomes the current one. */
  const arrive = ({ conversation, answer }: Place, model: string) => {
    branches.moveTip(conversation, answer);
    store.run('UPDATE conversation SET model = ?, changed_at = ? WHERE id = ?', model, clock.now(), conversation);
  };
  /** Where a new question goes. @throws Fault `bad-parent` */
  const above = (conversation: Id, parent: Id | null | undefined): { parent: Id | null; depth: number } => {
    if (parent === null) return { parent, depth: 0 };
    const { tip, length } = places.row(conversation);
    if (parent === undefined) return { parent: tip, depth: length };
    const found = store.get<{ depth: number }>(
      "SELECT depth FROM message WHERE id = ? AND conversation = ? AND role = 'assistant'",
      parent,
      conversation,
    );
    if (!found)
      throw new Fault(
        'bad-parent',
        'A question can only follow an answer of its conversation, or stand at the very beginning. Nothing was sent; your words are kept.',
      );
    return { parent, depth: found.depth };
  };
  const question = (row: MessageRow): MessageRow => {
    let at = row;
    while (at.role !== 'user' && at.parent) at = branches.messageOf(at.parent, at.conversation);
    if (at.role !== 'user') throw nothingAsked();
    return at;
  };
  /** The answer beside a new one whose passages it is made from: the one that was named, or the newest that has any. */
  const likeOf = ({ question: asked, answer }: Place, named: MessageRow): Id | undefined =>
    store.get<{ id: Id }>(
      `SELECT id FROM message m WHERE parent = ? AND id <> ?
          AND EXISTS (SELECT 1 FROM answer_source WHERE message = m.id) ORDER BY id = ? DESC, n DESC LIMIT 1`,
      asked,
      answer,
      named.id,
    )?.id;
  const toMessages = (rows: readonly MessageRow[]): Message[] => {
    const versions = branches.versionsOf(rows);
    const documents = attachments.ofMessages(rows.filter(({ role }) => role === 'user').map(({ id }) => id));
    const searched = rows.filter((row) => row.role === 'assistant' && row.sources !== null).map(({ id }) => id);
    const used = sources.usedBy(searched);
    return rows.map((row) => ({
      ...toMessage(row),
      ...(versions.has(row.parent) && { versions: versions.get(row.parent) }),
      ...(documents.has(row.id) && { attachments: documents.get(row.id) }),
      ...(searched.includes(row.id) && { sources: used.get(row.id) ?? [] }),
    }));
  };

  store.transaction(() => {
    for (const { id } of store.all<{ id: Id }>("SELECT id FROM message WHERE state = 'writing'")) {
      store.run("UPDATE message SET state = 'cut-off' WHERE id = ?", id);
      index(id);
    }
    // What was still coming or going in pieces is swept soon; it must not bar the same import until then.
    store.run('UPDATE conversation SET source = NULL WHERE hidden = 1');
  });

  return {
    ...places,
    ...drafts,
    attachments,
    sources,
    choose: branches.choose,
    stretch: branches.stretch,
    message: branches.message,

    /** Whether a message lies in this store. */
    hasMessage: (id: Id): boolean => store.get('SELECT 1 FROM message WHERE id = ?', id) !== undefined,
    versions: (id: Id): Message[] => toMessages(branches.siblings(id)),

    /**
     * Adds a question, and the empty place of its answer, to a conversation or to a new one.
     *
     * @throws Fault `bad-parent`, `unknown-attachment`, `unknown-conversation`; nothing was added then
     */
    ask({
      conversation,
      parent,
      text,
      attachments: taken = [],
      sources: from = null,
      begin = {},
      made,
    }: Question): Place {
      return store.transaction(() => {
        const at = conversation ?? ids();
        if (!conversation) {
          const now = clock.now();
          store.run(
            'INSERT INTO conversation (id, title, created_at, changed_at, persona, shape) VALUES (?, ?, ?, ?, ?, ?)',
            at,
            titleOf(text),
            now,
            now,
            begin.persona ?? null,
            JSON.stringify(begin.shape ?? {}),
          );
        }
        places.row(at);
        const scope = from && JSON.stringify(from);
        const over = above(at, parent);
        const place = { conversation: at, question: ids(), answer: ids() };
        insertQuestion(
          { id: place.question, conversation: at, parent: over.parent, depth: over.depth + 1, text, sources: scope },
          taken,
        );
        insertAnswer(place, { depth: over.depth + 2, text: '', made });
        store.run('UPDATE conversation SET sources = ? WHERE id = ?', scope, at);
        // In two steps, so that one on the present branch stays the cheap case of growing at the tip.
        branches.moveTip(at, place.question);
        arrive(place, made.model);
        // An edited older question leaves the unsent words below alone.
        if (parent === undefined || drafts.draft(conversation) === text) drafts.keepDraft(conversation, '');
        return place;
      });
    },

    /**
     * Adds another answer beside an answer (or to a question, or beside the last answer); the older one stays.
     *
     * @param goOn whether it begins with what the older one has
     * @returns its place, the text that it begins with, what it is to come from, and the answer whose passages it takes over
     * @throws Fault `nothing-asked`, `nothing-to-go-on`, `unknown-message`
     */
    askAgain({
      conversation,
      message,
      goOn = false,
      made,
    }: {
      conversation: Id;
      message?: Id | undefined;
      goOn?: boolean | undefined;
      made: Made;
    }): Place & { readonly text: string; readonly sources: Sources | null; readonly like: Id | undefined } {
      return store.transaction(() => {
        const { tip } = places.row(conversation);
        const named = message ?? tip;
        if (!named) throw nothingAsked();
        const row = branches.messageOf(named, conversation);
        const asked = question(row);
        if (goOn && (row.role !== 'assistant' || row.parent !== asked.id || row.text === ''))
          throw new Fault(
            'nothing-to-go-on',
            'There is no answer here that could go on. Ask again without going on from it.',
          );
        const place = { conversation, question: asked.id, answer: ids() };
        const text = goOn ? row.text : '';
        insertAnswer(place, { depth: asked.depth + 1, text, made });
        arrive(place, made.model);
        return { ...place, text, sources: toSources(asked.sources), like: likeOf(place, row) };
      });
    },

    /** Keeps what was found for an answer, before its first word. */
    searched(answer: Id, from: Sources, passages: readonly Candidate[]) {
      store.transaction(() => {
        store.run('UPDATE message SET sources = ? WHERE id = ?', JSON.stringify(from), answer);
        sources.keep(answer, passages);
      });
    },

    /** What an answer has so far. */
    write(answer: Id, text: string) {
      store.run('UPDATE message SET text = ? WHERE id = ?', text, answer);
    },

    /** Ends an answer where it stands. The current branch stays what it is: the person may be on another one by now. */
    end(
      answer: Id,
      { text, state, note, device, tokens, tokensPerSecond, firstTokenMs, keptFrom, pointed = [] }: Ending,
    ) {
      store.transaction(() => {
        store.run(
          `UPDATE message SET text = ?, state = ?, note = ?, device = ?, tokens = ?, tokens_per_second = ?,
                  first_token_ms = ?, kept_from = ? WHERE id = ?`,
          text,
          state,
          note ?? null,
          device ?? null,
          tokens ?? null,
          tokensPerSecond ?? null,
          firstTokenMs ?? null,
          keptFrom ?? null,
          answer,
        );
        sources.point(answer, pointed);
        index(answer);
        store.run(
          'UPDATE conversation SET changed_at = ? WHERE id = (SELECT conversation FROM message WHERE id = ?)',
          clock.now(),
          answer,
        );
      });
    },

    /** A page of the current branch that ends before `before` (or with the tip), oldest first. */
    page({ conversation, before, limit }: { conversation: Id; before?: Id | undefined; limit: number }) {
      const { length: total } = places.row(conversation);
      const most = branches.within({ conversation, before, limit }, PAGE_BYTES);
      const rows = branches.stretch({ conversation, before, limit: most });
      return { messages: toMessages(rows), more: (rows[0]?.depth ?? 1) > 1, total };
    },

    /** Gone from every list at once, and from the file when the promise resolves. @returns how many messages are gone */
    async delete(id: Id): Promise<number> {
      places.row(id);
      hide(store, id);
      return remove(store, id);
    },
  };
}

const nothingAsked = () =>
  new Fault('nothing-asked', 'Nothing was asked in this conversation yet. Write a question first.');
