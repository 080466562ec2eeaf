/** What becomes of new conversations when a model arrives: the first takes them, and a real one takes over from the warm-up. */
import type { Store } from '../base/ports.ts';

export interface Arrival {
  readonly id: string;
  readonly warmUp: boolean;
  /** It writes text; one that measures likeness does not. */
  readonly talks: boolean;
  /** It brings a template for conversations; a base model does not. */
  readonly chat: boolean;
  /** It is too large for this machine. */
  readonly tooBig: boolean;
}
export interface ArrivalsNeeds {
  readonly store: Store;
  readonly settings: {
    get(): { readonly model: string | null };
    set(change: { readonly model: string | null }): unknown;
  };
  /** Whether a model is here, and whether it only stands in for a better one. */
  readonly here: (id: string) => { readonly warmUp: boolean } | undefined;
}

/**
 * A person's choice is theirs: the warm-up is displaced only while it was an arrival that chose it. Which model an arrival
 * chose last stands in the engine's table; where the settings name another one, somebody has chosen by hand.
 */
export function openArrivals({ store, settings, here }: ArrivalsNeeds) {
  /** Makes a model the one of new conversations, without a person's word. */
  const choose = (id: string | null) => {
    settings.set({ model: id });
    store.run('INSERT OR REPLACE INTO engine_choice (one, model) VALUES (1, ?)', id);
  };
  return {
    choose,
    /** @returns whether the model has become the one of new conversations */
    arrived({ id, warmUp, talks, chat, tooBig }: Arrival): boolean {
      const { model } = settings.get();
      const present = model === null ? undefined : here(model);
      const chosen = store.get<{ model: string | null }>('SELECT model FROM engine_choice')?.model;
      const better = chat && !warmUp && !tooBig;
      if (!talks || (present && !(present.warmUp && chosen === model && better))) return false;
      choose(id);
      return true;
    },
  };
}
