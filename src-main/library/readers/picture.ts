/** Pictures: their text where the person wants it recognised, and else a sentence that says how. */
import { Fault } from '../../wire/index.ts';
import type { Given, Raw } from './reading.ts';

/** @throws Fault `picture` where recognition is off */
export function readPicture({ ocr }: Given): Raw {
  if (!ocr) throw unread();
  throw new Fault('unreadable', 'This picture could not be read.');
}

const unread = () =>
  new Fault('picture', 'This file is a picture; daimon reads it when "Read pictures" is turned on for its folder.');
