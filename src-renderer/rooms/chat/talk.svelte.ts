/** One conversation on screen: its messages, the answer that is being written, its draft, and what went wrong. */
import type { Message, Sent } from '../../../src-main/assistant/door.ts';
import { Fault, isFault } from '../../../src-main/wire/index.ts';
import type { Core } from '../../core/doors.ts';
import { openDraft, type Draft } from './draft.svelte.ts';
import { openPainter } from './paint.ts';

/** Messages a page. */
const PAGE = 60;
/** Stands in for ids until the question is on disk. */
const PENDING = 'pending';

/** A message as drawn; `id` is not yet an id of the core while a question is on its way. */
export type Entry = Omit<Message, 'id' | 'conversation' | 'parent'> & { readonly id: string };

export type Phase =
  | 'opening'
  | 'still'
  /** The question is on its way. */
  | 'sending'
  | 'writing'
  /** The connection was lost while an answer was being written; `resume` goes on. */
  | 'lost'
  /** Deleted, here or in another window. */
  | 'gone';

export interface Talk {
  /** Undefined until the first question is on disk. */
  readonly id: string | undefined;
  readonly entries: readonly Entry[];
  /** Place of `entries[0]` in a count that does not move when older messages are put before it. */
  readonly base: number;
  /** Older messages that are not here yet. */
  readonly more: boolean;
  readonly phase: Phase;
  /** True while an answer is on its way, so that Send is Stop. */
  readonly busy: boolean;
  /** Words a second of the answer that is being written, once there is a second to measure. */
  readonly rate: number | undefined;
  readonly fault: Fault | undefined;
  readonly draft: Draft;
  /** Sends `words` through `begin`, a stream of assistant.send. Words that did not arrive come back into the draft. */
  ask(words: string, begin: (signal: AbortSignal) => AsyncIterable<Sent>): Promise<void>;
  again(): Promise<void>;
  stop(): Promise<void>;
  /** Loads the page before the oldest message here. */
  older(limit?: number): Promise<void>;
  /** Reads the newest page again, and follows what is being written elsewhere. */
  refresh(): Promise<void>;
  /** After a reconnect. */
  resume(): Promise<void>;
  clearFault(): void;
  close(): void;
}

export interface TalkOptions {
  readonly core: Core;
  readonly id: string | undefined;
  readonly onBegun?: (id: string) => void;
  readonly now?: () => number;
}

/** Opens a conversation, or with no `id` one that begins with its first question. */
export function openTalk({ core, id: first, onBegun, now = Date.now }: TalkOptions): Talk {
  let id = $state(first);
  let entries = $state.raw<readonly Entry[]>([]);
  let base = $state(0);
  let more = $state(false);
  let phase = $state<Phase>(first ? 'opening' : 'still');
  let fault = $state.raw<Fault>();
  let rate = $state<number>();
  const closing = new AbortController();
  let reading: AbortController | undefined;
  let loadingOlder: Promise<void> | undefined;

  // What the answer under way needs beside its entry.
  let text = '';
  let fresh = false;
  let began = 0;
  let words = 0;

  const draft = openDraft({ core, conversation: () => id });

  const painter = openPainter({
    paint(added) {
      // After a reconnect the stream tells everything again; the old words stand until the first of it is here.
      if (fresh) {
        text = '';
        fresh = false;
      }
      text += added;
      const time = now();
      if (began === 0) began = time;
      words += added.match(/\s+/g)?.length ?? 0;
      if (time - began >= 1000) rate = (words * 1000) / (time - began);
      amend({ text });
    },
  });

  /** Changes the answer that is being written. */
  const amend = (change: Partial<Entry>) => {
    const last = entries.at(-1);
    if (last?.role !== 'assistant') return;
    entries = [...entries.slice(0, -1), { ...last, ...change }];
  };

  const say = (error: unknown) => {
    fault = isFault(error)
      ? error
      : new Fault('internal', 'Something unexpected went wrong. Your words are kept; try again.', { cause: error });
  };

  /** Reads one answer to its end. Resolves with what is known of the question: whether it is on disk. */
  async function read(begin: (signal: AbortSignal) => AsyncIterable<Sent>, question?: string): Promise<boolean> {
    reading?.abort();
    const stop = (reading = new AbortController());
    const signal = AbortSignal.any([stop.signal, closing.signal]);
    let onDisk = question === undefined;
    let ended = false;
    began = words = 0;
    rate = undefined;
    try {
      for await (const item of begin(signal)) {
        if (signal.aborted) return onDisk;
        if (item.kind === 'begun') {
          onDisk = true;
          place(item.question, item.message, question);
          if (id !== item.conversation) {
            id = item.conversation;
            onBegun?.(item.conversation);
          }
          phase = 'writing';
        } else if (item.kind === 'note') amend({ note: item.note });
        else if (item.kind === 'token') painter.add(item.text);
        else {
          painter.drop();
          ended = true;
          amend({
            id: item.message, text: item.text, state: item.state, tokens: item.tokens, device: item.device,
            tokensPerSecond: item.tokensPerSecond, firstTokenMs: item.firstTokenMs,
            ...(item.note !== undefined && { note: item.note }),
          }); // prettier-ignore
        }
      }
      if (signal.aborted) return onDisk;
      phase = 'still';
      // The page knows the rest (which model, the time on disk); and an answer that ended before we joined.
      await refreshTail(ended ? 2 : PAGE);
    } catch (error) {
      if (signal.aborted) return onDisk;
      painter.flush();
      if (isFault(error, 'closed')) phase = 'lost';
      else {
        phase = 'still';
        // An answer that failed on disk says why beside itself; `not-writing` only means that it ended before we joined.
        if (onDisk && id) await refreshTail(PAGE);
        const last = entries.at(-1);
        if (!isFault(error, 'not-writing') && !(onDisk && last?.note)) say(error);
      }
    } finally {
      if (reading === stop) reading = undefined;
      rate = undefined;
    }
    return onDisk;
  }

  /** Puts question and answer at the end; an older answer to the same question makes room. */
  const place = (question: string, answer: string, asked: string | undefined) => {
    const at = entries.findIndex((entry) => entry.id === question);
    const kept =
      at >= 0
        ? entries.slice(0, at + 1)
        : entries.filter((entry) => !entry.id.startsWith(PENDING) && entry.id !== answer);
    const before = entries.find((entry) => entry.id === answer);
    text = before?.text ?? '';
    fresh = true;
    entries = [
      ...kept,
      ...(at < 0 && asked !== undefined ? [{ id: question, role: 'user' as const, text: asked, at: now() }] : []),
      before ?? { id: answer, role: 'assistant', text: '', at: now(), state: 'writing' },
    ];
  };

  /** Joins the newest messages of the core to those that are here. */
  const join = (page: readonly Message[], total: number) => {
    const known = entries.slice(-page.length - 4);
    const at = page[0] ? entries.findIndex((entry) => entry.id === page[0]!.id) : -1;
    // Unchanged messages stay the same objects, so that nothing of theirs is drawn again.
    const joined = page.map((message) => {
      const old = known.find((entry) => entry.id === message.id);
      return old && old.text === message.text && old.state === message.state && old.note === message.note && old.model === message.model ? old : message; // prettier-ignore
    });
    entries = at >= 0 ? [...entries.slice(0, at), ...joined] : joined;
    more = total > entries.length;
  };

  async function refreshTail(limit: number): Promise<void> {
    const conversation = id;
    if (!conversation) return;
    try {
      const page = await core['assistant.messages']({ conversation, limit }, closing.signal);
      if (reading && phase === 'writing') return;
      join(page.messages, page.total);
      if (phase === 'opening') phase = 'still';
      const last = page.messages.at(-1);
      if (last?.state === 'writing' && !reading) await follow();
    } catch (error) {
      if (closing.signal.aborted) return;
      if (isFault(error, 'closed')) phase = phase === 'writing' ? 'lost' : phase;
      else if (isFault(error, 'unknown-conversation')) gone();
      else {
        if (phase === 'opening') phase = 'still';
        say(error);
      }
    }
  }

  const follow = async () => {
    const conversation = id;
    if (!conversation) return;
    const last = entries.at(-1);
    text = last?.role === 'assistant' ? last.text : '';
    fresh = true;
    phase = 'writing';
    await read((signal) => core['assistant.follow']({ conversation }, signal));
  };

  const gone = () => {
    reading?.abort();
    phase = 'gone';
  };

  const talk: Talk = {
    get id() {
      return id;
    },
    get entries() {
      return entries;
    },
    get base() {
      return base;
    },
    get more() {
      return more;
    },
    get phase() {
      return phase;
    },
    get busy() {
      return phase === 'sending' || phase === 'writing' || phase === 'lost';
    },
    get rate() {
      return rate;
    },
    get fault() {
      return fault;
    },
    draft,
    async ask(asked, begin) {
      if (talk.busy || phase === 'gone') return;
      fault = undefined;
      phase = 'sending';
      draft.text = '';
      const before = entries;
      entries = [
        ...entries,
        { id: `${PENDING}-question`, role: 'user', text: asked, at: now() },
        { id: `${PENDING}-answer`, role: 'assistant', text: '', at: now(), state: 'writing' },
      ];
      const onDisk = await read(begin, asked);
      if (onDisk || closing.signal.aborted) {
        if (onDisk) void draft.flush();
        return;
      }
      // Not known to have arrived. Without a connection, look first whether it did.
      entries = before;
      if ((talk.phase as Phase) === 'lost') phase = 'still';
      draft.text = draft.text ? `${asked}\n\n${draft.text}` : asked;
    },
    async again() {
      const conversation = id;
      if (talk.busy || !conversation) return;
      fault = undefined;
      phase = 'sending';
      await read((signal) => core['assistant.again']({ conversation }, signal));
    },
    async stop() {
      const conversation = id;
      if (!conversation || !talk.busy) return;
      try {
        await core['assistant.stop']({ conversation });
      } catch (error) {
        say(error);
      }
    },
    older(limit = PAGE) {
      return (loadingOlder ??= (async () => {
        const conversation = id;
        const before = entries[0]?.id;
        try {
          if (!conversation || !more || !before || before.startsWith(PENDING)) return;
          const page = await core['assistant.messages']({ conversation, before, limit }, closing.signal);
          if (entries[0]?.id !== before) return;
          entries = [...page.messages, ...entries];
          base -= page.messages.length;
          more = page.more;
        } catch (error) {
          if (!closing.signal.aborted && !isFault(error, 'closed')) say(error);
        } finally {
          loadingOlder = undefined;
        }
      })());
    },
    async refresh() {
      if (phase === 'writing' || phase === 'sending' || phase === 'gone') return;
      await refreshTail(PAGE);
    },
    async resume() {
      void draft.flush();
      if (phase === 'lost') phase = 'still';
      await refreshTail(PAGE);
    },
    clearFault() {
      fault = undefined;
    },
    close() {
      void draft.flush();
      closing.abort();
    },
  };

  void draft.load();
  if (first) void refreshTail(PAGE);
  return talk;
}
