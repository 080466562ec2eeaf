/** What to tell a person when a model cannot be loaded. */
import { Fault } from '../wire/index.ts';

export const outOfMemory = (error: unknown) =>
  error instanceof Error && /memory/i.test(`${error.name} ${error.message}`);
export const noMemory = (cause: unknown) =>
  new Fault(
    'no-memory',
    'There is not enough free memory for this model now. Close other programs, or choose a smaller model or context.',
    { cause },
  );
export const unreadable = (cause: unknown) =>
  new Fault(
    'model-unreadable',
    'The file of this model could not be loaded; it may be incomplete or damaged. Get it again, or choose another model.',
    { cause },
  );
