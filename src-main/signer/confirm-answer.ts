/** One request of a confirm window, whatever carried it: checked, answered, and its fault turned into what may be shown. */
import * as v from 'valibot';
import { Fault, type Details } from '../wire/index.ts';
import { confirmPosts, type ConfirmAnswers, type ConfirmPath } from './door.ts';

export type Posts = {
  [P in ConfirmPath]: (
    input: v.InferOutput<(typeof confirmPosts)[P]>,
    signal: AbortSignal,
  ) => Promise<ConfirmAnswers[P]>;
};
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly fault: { readonly code: string; readonly message: string; readonly details?: Details };
    };
/** @param text JSON, already bounded in length by the carrier @returns undefined for a path that does not exist */
export type Answering = (path: string, text: string, signal: AbortSignal) => Promise<Answer | undefined>;

/** A phrase and a password in JSON; nothing longer is ever sent here. */
export const MAX_BODY = 16 << 10;

export function answering({
  posts,
  unexpected,
}: {
  readonly posts: Posts;
  readonly unexpected: (error: unknown) => void;
}): Answering {
  return async (path, text, signal) => {
    if (!Object.hasOwn(confirmPosts, path)) return undefined;
    try {
      return { ok: true, value: await post(path as ConfirmPath, readJson(text), signal) };
    } catch (error) {
      if (!(error instanceof Fault)) unexpected(error);
      const { code, message, details } =
        error instanceof Fault ? error : new Fault('internal', 'Something unexpected went wrong; nothing was signed.');
      return { ok: false, fault: { code, message, ...(details && { details }) } };
    }
  };

  function post<P extends ConfirmPath>(path: P, raw: unknown, signal: AbortSignal) {
    const parsed = v.safeParse(confirmPosts[path], raw);
    if (!parsed.success)
      throw new Fault('bad-input', `${path}: ${v.getDotPath(parsed.issues[0]) ?? 'input'} is not right.`);
    return (posts[path] as (input: unknown, signal: AbortSignal) => Promise<ConfirmAnswers[P]>)(parsed.output, signal);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Fault('bad-input', 'That is not JSON.');
  }
}
