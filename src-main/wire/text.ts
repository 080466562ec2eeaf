/** Frames as devalue text, for carriers of bytes: bigint, Map, Set, Date and typed arrays survive; nothing is run. */
import * as devalue from 'devalue';
import { Fault } from './fault.ts';
import { MAX_FRAME, type Frame } from './frame.ts';

/** True when `text` has more than `limit` bytes in UTF-8; counts them only where the length alone cannot tell. */
export function isLonger(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  // One UTF-16 unit is at most three bytes.
  return text.length * 3 > limit && new TextEncoder().encode(text).length > limit;
}

/**
 * @throws Fault `too-large` over MAX_FRAME bytes; devalue's own error for what cannot travel (functions, symbols, class
 *   instances, `__proto__` keys)
 */
export function encodeFrame(frame: Frame): string {
  const text = devalue.stringify(frame);
  if (isLonger(text, MAX_FRAME))
    throw new Fault(
      'too-large',
      'This is larger than one message may be (8 MB); nothing was sent. Take less at a time.',
    );
  return text;
}

/** @throws when the text is no devalue text, names a type of its own, or has `__proto__` as a key */
export const decodeFrame = (text: string): unknown => devalue.parse(text);
