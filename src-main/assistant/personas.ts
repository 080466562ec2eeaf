/** Personas: a name and how its answers are made. They live in the store on disk only. */
import type { Clock, Store } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Persona, Shape } from './door.ts';
import { toShape } from './rows.ts';

interface Row {
  readonly id: Id;
  readonly name: string;
  readonly shape: string;
  readonly created_at: number;
}
const toPersona = ({ id, name, shape, created_at: createdAt }: Row): Persona => ({
  id,
  name,
  shape: toShape(shape),
  createdAt,
});

export type Personas = ReturnType<typeof openPersonas>;

export function openPersonas({ store, clock, ids }: { store: Store; clock: Clock; ids: () => Id }) {
  const find = (id: Id): Persona | undefined => {
    const row = store.get<Row>('SELECT * FROM persona WHERE id = ?', id);
    return row && toPersona(row);
  };
  /** @throws Fault `unknown-persona` */
  const get = (id: Id): Persona => {
    const found = find(id);
    if (!found)
      throw new Fault('unknown-persona', 'That persona is not here; it may have been removed. Nothing was changed.');
    return found;
  };
  return {
    find,
    get,
    all: (): Persona[] =>
      store
        .all<Row>('SELECT * FROM persona')
        .map(toPersona)
        .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)),

    keep({ id, name, shape }: { id?: Id | undefined; name: string; shape: Shape }): Persona {
      const at = id ?? ids();
      if (id) {
        get(id);
        store.run('UPDATE persona SET name = ?, shape = ? WHERE id = ?', name, JSON.stringify(shape), id);
      } else store.run('INSERT INTO persona VALUES (?, ?, ?, ?)', at, name, JSON.stringify(shape), clock.now());
      return get(at);
    },

    dismiss: (id: Id): boolean => store.run('DELETE FROM persona WHERE id = ?', id).changes > 0,
  };
}
