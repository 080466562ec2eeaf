/** One conversation on screen: its branch, the answer that is being written, its draft, and what went wrong. */
import type { Sent, Sources } from '../../../src-main/assistant/door.ts';
import { Fault, isFault } from '../../../src-main/wire/index.ts';
import type { Core } from '../../core/doors.ts';
import { openAttached, type Attached } from './attach.svelte.ts';
import { answering, join, pending, PENDING, type Asked, type Branch, type Entry } from './branch.ts';
import { openBranches, type Branches } from './branches.svelte.ts';
import { openDraft, type Draft } from './draft.svelte.ts';
import { openPen } from './pen.svelte.ts';
import { openShaping, type Shaping } from './shaping.svelte.ts';

export type { Entry } from './branch.ts';

/** Messages a page. */
const PAGE = 60;
/** Messages a page where a branch is read back to a place far up. */
const FAR = 500;

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
  /** How many messages of the branch come before `entries[0]`: places counted from here do not move when older ones come. */
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
  readonly attached: Attached;
  readonly branches: Branches;
  readonly shaping: Shaping;
  /** Which of the person's files the next answer is made from. */
  sources: Sources | null;
  /** What they were before they were switched off here. */
  readonly lastSources: Sources | null;
  /** Sends the draft with its documents. What did not arrive comes back into the draft. */
  send(): Promise<void>;
  /** Answers the question of `message` again, or goes on from what that answer has; without one, the last. */
  again(message?: string, goOn?: boolean): Promise<void>;
  /** Makes the branch through a message the one on screen. */
  choose(message: string): Promise<void>;
  stop(): Promise<void>;
  /** Loads the page before the oldest message here. */
  older(limit?: number): Promise<void>;
  /** Reads the newest page again, and follows what is being written elsewhere. */
  refresh(): Promise<void>;
  /** After a reconnect. */
  resume(): Promise<void>;
  /** Shows what a verb failed with beside the field. */
  fail(error: unknown): void;
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
  let branch = $state.raw<Branch>({ entries: [], base: 0, more: false });
  let phase = $state<Phase>(first ? 'opening' : 'still');
  let fault = $state.raw<Fault>();
  let choosing = false;
  /** Chosen here; undefined: as the conversation says. */
  let sources = $state.raw<Sources | null>();
  let lastSources: Sources | null = null;
  const closing = new AbortController();
  let reading: AbortController | undefined;
  let loadingOlder: Promise<void> | undefined;

  const show = (entries: readonly Entry[]) => {
    branch = { ...branch, entries };
  };
  /** Changes the answer that is being written. */
  const amend = (change: Partial<Entry>) => {
    const last = branch.entries.at(-1);
    if (last?.role !== 'assistant') return;
    show([...branch.entries.slice(0, -1), { ...last, ...change }]);
  };
  const pen = openPen({ write: (text) => amend({ text }), now });

  const shaping = openShaping({ core, id: () => id, signal: closing.signal });
  const attached = openAttached({ core, conversation: () => id, temporary: () => shaping.temporary });
  const draft = openDraft({
    core,
    conversation: () => id,
    beside: () => (branches.words === branches.editing?.before ? '' : branches.words),
    temporary: () => shaping.temporary,
    onAttachments: (kept) => attached.put(kept),
  });
  const spare = (words: string) => {
    draft.text = draft.text ? `${words}\n\n${draft.text}` : words;
  };
  const branches = openBranches({ ask: (asked) => ask(asked), onWords: () => draft.touch(), onSpare: spare });

  const fail = (error: unknown) => {
    if (closing.signal.aborted) return;
    fault = isFault(error)
      ? error
      : new Fault('internal', 'Something unexpected went wrong. Your words are kept; try again.', { cause: error });
  };

  /** Reads one answer to its end. Resolves with what is known of the question: whether it is on disk. */
  async function read(begin: (signal: AbortSignal) => AsyncIterable<Sent>, asking = false): Promise<boolean> {
    reading?.abort();
    const stop = (reading = new AbortController());
    const signal = AbortSignal.any([stop.signal, closing.signal]);
    let onDisk = !asking;
    let begun = false;
    let ended = false;
    pen.rest();
    try {
      for await (const item of begin(signal)) {
        if (signal.aborted) return onDisk;
        if (item.kind === 'begun') {
          onDisk = begun = true;
          show(answering(branch.entries, item.question, item.message, now()));
          pen.begin(branch.entries.at(-1)?.text ?? '');
          if (id !== item.conversation) {
            id = item.conversation;
            onBegun?.(item.conversation);
          }
          phase = 'writing';
        } else if (item.kind === 'note') amend({ note: item.note });
        else if (item.kind === 'sources') amend({ sources: item.sources });
        else if (item.kind === 'token') pen.add(item.text);
        else {
          pen.drop();
          ended = true;
          amend({
            id: item.message, text: item.text, state: item.state, tokens: item.tokens, device: item.device,
            tokensPerSecond: item.tokensPerSecond, firstTokenMs: item.firstTokenMs,
            ...(item.note !== undefined && { note: item.note }),
            ...(item.sources !== undefined && { sources: item.sources }),
          }); // prettier-ignore
        }
      }
      if (signal.aborted) return onDisk;
      phase = 'still';
      // The page knows the rest (which model, the time on disk); and an answer that ended before we joined.
      await refreshTail(ended ? 2 : PAGE);
    } catch (error) {
      if (signal.aborted) return onDisk;
      pen.flush();
      if (isFault(error, 'closed')) phase = 'lost';
      else {
        phase = 'still';
        // An answer that failed on disk says why beside itself; `not-writing` only means that it ended before we joined.
        if (onDisk && id) await refreshTail(PAGE);
        const last = branch.entries.at(-1);
        if (!isFault(error, 'not-writing') && !(begun && last?.note)) fail(error);
      }
    } finally {
      if (reading === stop) reading = undefined;
      pen.rest();
    }
    return onDisk;
  }

  async function ask(asked: Asked): Promise<boolean> {
    if (talk.busy || phase === 'gone') return false;
    fault = undefined;
    phase = 'sending';
    const before = branch;
    const conversation = id;
    const { text, parent, attachments = [] } = asked;
    const input = {
      text,
      ...(conversation && { conversation }),
      ...(parent !== undefined && { parent }),
      ...(sources !== undefined && { sources }),
      ...(attachments.length > 0 && { attachments: attachments.map((one) => ({ id: one.id })) }),
      ...(!conversation && shaping.begin && { begin: shaping.begin }),
    };
    branch = pending(branch, asked, now());
    const onDisk = await read((signal) => core['assistant.send'](input, signal), true);
    if (onDisk || closing.signal.aborted) return true;
    // Not known to have arrived. Without a connection, look first whether it did.
    branch = before;
    if ((talk.phase as Phase) === 'lost') phase = 'still';
    return false;
  }

  /** The newest messages of the branch: back to where they meet those that are here, or as far as those went. */
  async function readBranch(conversation: string, limit: number) {
    const signal = closing.signal;
    const page = await core['assistant.messages']({ conversation, limit }, signal);
    const { total } = page;
    let { messages, more } = page;
    const met = () =>
      branch.entries.length === 0 ||
      branch.entries.some((entry) => entry.id === messages[0]?.id) ||
      total - messages.length <= branch.base;
    while (more && messages[0] && !met()) {
      const older = await core['assistant.messages']({ conversation, before: messages[0].id, limit: FAR }, signal);
      messages = [...older.messages, ...messages];
      more = older.more;
    }
    return { messages, more, total };
  }

  async function refreshTail(limit: number): Promise<void> {
    const conversation = id;
    if (!conversation) return;
    try {
      const page = await readBranch(conversation, limit);
      if (reading && phase === 'writing') return;
      branch = join(branch, page);
      if (phase === 'opening') phase = 'still';
      if (page.messages.at(-1)?.state === 'writing' && !reading) await follow();
    } catch (error) {
      if (closing.signal.aborted) return;
      if (isFault(error, 'closed')) phase = phase === 'writing' ? 'lost' : phase;
      else if (isFault(error, 'unknown-conversation')) gone();
      else {
        if (phase === 'opening') phase = 'still';
        fail(error);
      }
    }
  }

  const follow = async () => {
    const conversation = id;
    if (!conversation) return;
    const last = branch.entries.at(-1);
    pen.begin(last?.role === 'assistant' ? last.text : '');
    phase = 'writing';
    await read((signal) => core['assistant.follow']({ conversation }, signal));
  };

  const gone = () => {
    reading?.abort();
    phase = 'gone';
    // Its field goes with the messages; the one at the foot stays.
    const { editing, words } = branches;
    if (!editing) return;
    if (words !== editing.before) spare(words);
    branches.leave();
  };

  const talk: Talk = {
    get id() {
      return id;
    },
    get entries() {
      return branch.entries;
    },
    get base() {
      return branch.base;
    },
    get more() {
      return branch.more;
    },
    get phase() {
      return phase;
    },
    get busy() {
      return phase === 'sending' || phase === 'writing' || phase === 'lost';
    },
    get rate() {
      return pen.rate;
    },
    get fault() {
      return fault;
    },
    draft,
    attached,
    branches,
    shaping,
    get sources() {
      return sources === undefined ? (shaping.conversation?.sources ?? null) : sources;
    },
    set sources(next) {
      lastSources = next ?? talk.sources;
      sources = next;
    },
    get lastSources() {
      return lastSources;
    },
    async send() {
      if (talk.busy || phase === 'gone') return;
      const text = draft.text;
      const attachments = attached.take();
      const { from } = branches;
      draft.text = '';
      branches.from = undefined;
      if (await ask({ text, attachments, ...(from && { parent: from.id }) })) return void draft.flush();
      attached.put(attachments);
      branches.from = from;
      spare(text);
    },
    async again(message, goOn) {
      const conversation = id;
      if (talk.busy || !conversation) return;
      fault = undefined;
      phase = 'sending';
      branches.from = undefined;
      const input = { conversation, ...(message && { message }), ...(goOn && { goOn }) };
      await read((signal) => core['assistant.again'](input, signal));
    },
    async choose(message) {
      const conversation = id;
      if (talk.busy || choosing || !conversation) return;
      choosing = true;
      fault = undefined;
      try {
        await core['assistant.choose']({ conversation, message }, closing.signal);
        await refreshTail(PAGE);
      } catch (error) {
        fail(error);
      } finally {
        choosing = false;
      }
    },
    async stop() {
      const conversation = id;
      if (!conversation || !talk.busy) return;
      try {
        await core['assistant.stop']({ conversation });
      } catch (error) {
        fail(error);
      }
    },
    older(limit = PAGE) {
      return (loadingOlder ??= (async () => {
        const conversation = id;
        const before = branch.entries[0]?.id;
        try {
          if (!conversation || !branch.more || !before || before.startsWith(PENDING)) return;
          const page = await core['assistant.messages']({ conversation, before, limit }, closing.signal);
          if (branch.entries[0]?.id !== before) return;
          branch = {
            entries: [...page.messages, ...branch.entries],
            base: branch.base - page.messages.length,
            more: page.more,
          };
        } catch (error) {
          if (!closing.signal.aborted && !isFault(error, 'closed')) fail(error);
        } finally {
          loadingOlder = undefined;
        }
      })());
    },
    async refresh() {
      if (phase === 'writing' || phase === 'sending' || phase === 'gone' || choosing) return;
      await refreshTail(PAGE);
    },
    async resume() {
      void draft.flush();
      if (phase === 'lost') phase = 'still';
      await refreshTail(PAGE);
    },
    fail,
    clearFault() {
      fault = undefined;
    },
    close() {
      void draft.flush();
      attached.close();
      closing.abort();
    },
  };

  void draft.load();
  if (first) void refreshTail(PAGE);
  return talk;
}
