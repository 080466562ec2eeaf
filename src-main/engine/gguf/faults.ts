/** The three ways a model file is refused. What is wrong is said in our words; nothing of the file is repeated. */
import { Fault } from '../../wire/index.ts';

/** The first bytes are not those of a GGUF file. */
export const notGguf = (): Fault =>
  new Fault('not-a-gguf', 'This is not a GGUF model file. Nothing was loaded; choose a file that ends in .gguf.');

/** @param what is wrong, as the end of a sentence: 'it ends in the middle of its description' */
export const damaged = (what: string): Fault =>
  new Fault('gguf-damaged', `This model file is damaged: ${what}. Nothing was loaded; get the file again.`);

/** @param what daimon cannot do with it, as a clause: 'it is kept in several parts' */
export const unsupported = (what: string): Fault =>
  new Fault(
    'gguf-unsupported',
    `daimon cannot use this model file: ${what}. Nothing was loaded; choose another model or another file of it.`,
  );
