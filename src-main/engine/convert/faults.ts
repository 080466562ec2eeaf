/** How weights or a vocabulary that cannot be converted are refused; nothing of the file is repeated. */
import { Fault } from '../../wire/index.ts';

/** @param what is wrong, as the end of a sentence: 'two tensors overlap' */
export const unusable = (what: string): Fault =>
  new Fault(
    'weights-damaged',
    `These weights cannot be converted: ${what}. Nothing was kept; get the model again or choose another one.`,
  );
