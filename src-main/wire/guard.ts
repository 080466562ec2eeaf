/** Tells well-formed frames from anything else a far side may send. */
import { CREDIT, type Frame } from './frame.ts';

const isId = (id: unknown): id is number => Number.isSafeInteger(id) && (id as number) > 0;
const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null;

export type Request =
  | { t: 'ask'; id: number; verb: string; input: unknown; credit?: number }
  | { t: 'stop'; id: number }
  | { t: 'more'; id: number; n: number };
export type Response = Exclude<Frame, { t: 'ask' | 'stop' | 'more' }>;

const isCredit = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) <= CREDIT;

/** A frame that a caller may send; credit beyond what one reader may hold is refused. */
export function isRequest(frame: unknown): frame is Request {
  if (!isObject(frame) || !isId(frame['id'])) return false;
  if (frame['t'] === 'stop') return true;
  if (frame['t'] === 'more') return isCredit(frame['n']);
  return (
    frame['t'] === 'ask' &&
    typeof frame['verb'] === 'string' &&
    (frame['credit'] === undefined || isCredit(frame['credit']))
  );
}

/** A frame that a server may send. */
export function isResponse(frame: unknown): frame is Response {
  if (!isObject(frame) || !isId(frame['id'])) return false;
  if (frame['t'] === 'item' || frame['t'] === 'done') return true;
  return (
    frame['t'] === 'fail' &&
    typeof frame['code'] === 'string' &&
    typeof frame['message'] === 'string' &&
    (frame['details'] === undefined || isObject(frame['details']))
  );
}
