/** Sentences that more than one reader says. */
import { Fault } from '../../wire/index.ts';

export const lockedDocument = (): Fault =>
  new Fault('encrypted-file', 'This document is locked with a password. Save a copy without it, and attach that.');
