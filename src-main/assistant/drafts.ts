/** Unsent words, one text for each conversation and one for the next new one. */
import type { Clock, Store } from '../base/ports.ts';
import type { Id } from '../wire/schema.ts';

export function openDrafts({ store, clock }: { store: Store; clock: Clock }) {
  const draft = (conversation: Id | undefined): string =>
    store.get<{ text: string }>('SELECT text FROM draft WHERE conversation = ?', conversation ?? '')?.text ?? '';
  const keepDraft = (conversation: Id | undefined, text: string) => {
    if (text)
      store.run(
        'INSERT INTO draft VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text, at = excluded.at',
        conversation ?? '',
        text,
        clock.now(),
      );
    else store.run('DELETE FROM draft WHERE conversation = ?', conversation ?? '');
  };
  return { draft, keepDraft };
}
