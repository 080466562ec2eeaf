/** A lasting core client over wires that come and go: verbs go to the present wire, or fail at once and say so. */
import { connect, Fault, type Wire } from '../../src-main/wire/index.ts';
import { doors, type Core } from './doors.ts';

/** `refused`: this page's key was not accepted; only a fresh address helps. */
export type LinkState = 'connecting' | 'open' | 'lost' | 'refused';

export interface Link {
  readonly core: Core;
  readonly state: LinkState;
  /** Tells of every change of state; the returned function ends that. */
  watch(on: (state: LinkState) => void): () => void;
}

/** What a carrier does with a link: hands it each new wire, and says how things stand. */
export interface Relay extends Link {
  use(wire: Wire): void;
  turn(state: LinkState): void;
}

const lost = () =>
  new Fault(
    'closed',
    'The connection to daimon was lost. What was saved is safe, and your words stay here; try again.',
  );

type Verb = (input: unknown, signal?: AbortSignal) => unknown;

/** @returns a link without a wire yet; every verb rejects with the Fault `closed` until `use` was called */
export function relay(): Relay {
  let state: LinkState = 'connecting';
  let present: Readonly<Record<string, Verb>> | undefined;
  const watchers = new Set<(state: LinkState) => void>();
  const turn = (next: LinkState) => {
    if (next === state) return;
    state = next;
    if (state !== 'open') present = undefined;
    for (const on of watchers) on(state);
  };

  const core: Record<string, Verb> = Object.create(null) as Record<string, Verb>;
  for (const [name, verb] of Object.entries(doors)) {
    core[name] =
      verb.kind === 'call'
        ? async (input, signal) => {
            if (!present) throw lost();
            return present[name]!(input, signal);
          }
        : async function* (input, signal) {
            if (!present) throw lost();
            yield* present[name]!(input, signal) as AsyncIterable<unknown>;
          };
  }

  return {
    core: core as unknown as Core,
    get state() {
      return state;
    },
    watch(on) {
      watchers.add(on);
      return () => watchers.delete(on);
    },
    use(wire) {
      present = connect(doors, wire) as unknown as Readonly<Record<string, Verb>>;
      turn('open');
    },
    turn,
  };
}
