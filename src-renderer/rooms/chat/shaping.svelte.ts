/** How the answers of one conversation are made: its own settings, its persona's, and those of one that has not begun. */
import type { Conversation, Persona, Shape } from '../../../src-main/assistant/door.ts';
import type { In } from '../../../src-main/wire/contract.ts';
import { isFault } from '../../../src-main/wire/index.ts';
import type { Core, Doors } from '../../core/doors.ts';

type Id = Conversation['id'];
/** Settings to change; null takes one back. */
export type Change = NonNullable<In<Doors['assistant.shape']>['change']>;

export interface Shaping {
  /** As the core keeps it; undefined before it has begun. */
  readonly conversation: Conversation | undefined;
  /** What is set for this conversation itself. */
  readonly own: Shape;
  readonly persona: Persona | undefined;
  readonly personas: readonly Persona[];
  /** Persona and own settings together. */
  readonly whole: Shape;
  /** Nothing of it is written down. May change only before the conversation has begun. */
  temporary: boolean;
  /** What `assistant.send` takes for a conversation that begins; undefined when nothing was chosen. */
  readonly begin: NonNullable<In<Doors['assistant.send']>['begin']> | undefined;
  /** Reads the conversation and the personas again. Never rejects. */
  read(): Promise<void>;
  /** From the next answer on. @throws Fault */
  set(to: { persona?: Id | null | undefined; change?: Change }): Promise<void>;
  /** Keeps settings under a name, new or with `id` anew, and uses them here. @throws Fault */
  keep(persona: { id?: Id; name: string; shape: Shape }): Promise<void>;
  /** @throws Fault */
  dismiss(id: Id): Promise<void>;
}

export interface ShapingOptions {
  readonly core: Core;
  readonly id: () => string | undefined;
  readonly signal: AbortSignal;
}

const merged = (shape: Shape, change: Change): Shape =>
  Object.fromEntries(
    Object.entries({ ...shape, ...change }).filter(([, value]) => value !== null && value !== undefined),
  ) as Shape;

export function openShaping({ core, id, signal }: ShapingOptions): Shaping {
  let conversation = $state.raw<Conversation>();
  let personas = $state.raw<readonly Persona[]>([]);
  // For a conversation that has not begun.
  let own = $state.raw<Shape>({});
  let persona = $state.raw<Id | null>(null);
  let temporary = $state(false);

  const ownNow = $derived(conversation ? conversation.shape : own);
  const personaNow = $derived(personas.find((one) => one.id === (conversation ? conversation.persona : persona)));
  const whole = $derived(merged(personaNow?.shape ?? {}, ownNow));

  const readPersonas = async () => {
    personas = await core['assistant.personas']({}, signal);
  };
  /** One that is talked in is nearly always among the newest; all of 5,000 would cost more than the answer's first word. */
  const find = async (mine: string) => {
    for (const limit of [50, 5000]) {
      const one = (await core['assistant.conversations']({ limit }, signal)).find((each) => each.id === mine);
      if (one) return one;
    }
    return undefined;
  };
  let reading = false;
  let stale = false;
  const readAll = async () => {
    const mine = id();
    const [found] = await Promise.all([mine ? find(mine) : undefined, readPersonas()]);
    if (mine && mine === id()) conversation = found ?? conversation;
  };
  const set: Shaping['set'] = async ({ persona: by, change = {} }) => {
    const mine = id();
    if (mine) {
      conversation = await core['assistant.shape'](
        { conversation: mine, change, ...(by !== undefined && { persona: by }) },
        signal,
      );
      return;
    }
    own = merged(own, change);
    if (by !== undefined) persona = by;
  };

  return {
    get conversation() {
      return conversation;
    },
    get own() {
      return ownNow;
    },
    get persona() {
      return personaNow;
    },
    get personas() {
      return personas;
    },
    get whole() {
      return whole;
    },
    get temporary() {
      return conversation ? conversation.temporary === true : temporary;
    },
    set temporary(next) {
      temporary = next;
    },
    get begin() {
      if (!temporary && !persona && Object.keys(own).length === 0) return undefined;
      return {
        ...(persona && { persona }),
        ...(Object.keys(own).length > 0 && { shape: own }),
        ...(temporary && { temporary }),
      };
    },
    async read() {
      // News comes in bursts, and the list of conversations may be long: one reading at a time, and one after it.
      if (reading) return void (stale = true);
      reading = true;
      try {
        do {
          stale = false;
          await readAll();
        } while (stale);
      } catch (error) {
        // What was known stands; lost wires and locks show elsewhere.
        if (!isFault(error) && !signal.aborted) throw error;
      } finally {
        reading = false;
      }
    },
    set,
    async keep({ id: known, name, shape }) {
      const kept = await core['assistant.persona']({ ...(known && { id: known }), name, shape }, signal);
      await readPersonas();
      // Its settings are the persona's now, not the conversation's own.
      const cleared = Object.fromEntries(Object.keys(ownNow).map((key) => [key, null])) as Change;
      await set({ persona: kept.id, change: cleared });
    },
    async dismiss(gone) {
      await core['assistant.dismiss']({ id: gone }, signal);
      if (personaNow?.id === gone) await set({ persona: null });
      await readPersonas();
    },
  };
}
