/** Turns whatever a verb failed with into what a Notice shows, without anything secret. */
import { Fault } from '../../src-main/wire/index.ts';
import { say } from '../messages/index.ts';
import { placeHash } from './route.ts';

export interface Notified {
  readonly code: string;
  readonly message: string;
  /** Lines a person may send to someone who helps: code, sentence, numbers. Never content. */
  readonly details: string;
}

/** Aborts are wishes, not faults: they give undefined. Anything that is not a Fault is a mistake of ours and is thrown on. */
export function notify(error: unknown): Notified | undefined {
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  if (!(error instanceof Fault)) throw error;
  const facts = Object.entries(error.details ?? {}).map(([name, value]) => `${name}: ${value}`);
  return {
    code: error.code,
    message: error.message,
    details: [`code: ${error.code}`, error.message, ...facts].join('\n'),
  };
}

const models = placeHash('own', 'models');
const left = placeHash('settings', 'left');
const { steps } = say.parts;

/**
 * The place that helps after a fault, by its code. Codes without one say in their own sentence what to do: type it
 * again, ask again, keep the damaged file, start daimon anew.
 */
export const helping: Readonly<Record<string, { readonly href: string; readonly label: string }>> = {
  'dial-cut': { href: left, label: steps.cut },
  'dial-failed': { href: left, label: steps.tried },
  'source-unreachable': { href: left, label: steps.tried },
  'hash-mismatch': { href: left, label: steps.tried },
  'no-python': { href: models, label: steps.another },
  'no-model': { href: models, label: steps.choose },
  'unknown-model': { href: models, label: steps.models },
  'model-missing': { href: models, label: steps.models },
  'model-changed': { href: models, label: steps.models },
  'model-unreadable': { href: models, label: steps.models },
  'model-crashes': { href: models, label: steps.another },
  'no-memory': { href: models, label: steps.another },
  'gguf-damaged': { href: models, label: steps.another },
  'gguf-unsupported': { href: models, label: steps.another },
  'not-a-gguf': { href: models, label: steps.another },
  'disk-full': { href: models, label: steps.space },
  'context-full': { href: placeHash('chat'), label: steps.conversation },
  'unknown-conversation': { href: placeHash('chat'), label: steps.open },
};
