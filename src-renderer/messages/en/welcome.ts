/** Strings of the welcome: you, your model, hello. */
import { bytes, plural, wordsPerSecond } from '../format.ts';

export const welcome = {
  title: 'Welcome',
};
export { bytes, plural, wordsPerSecond };
