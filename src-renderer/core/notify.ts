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

const places: Readonly<Record<string, string>> = {
  'dial-cut': placeHash('settings', 'left'),
  'no-model': placeHash('own', 'models'),
  'model-missing': placeHash('own', 'models'),
  'model-too-big': placeHash('own', 'models'),
};

/** The place that helps after a fault of this code, if one of ours does. */
export function stepOf(code: string): { readonly href: string; readonly label: string } | undefined {
  const href = places[code];
  const label = say.parts.steps[code];
  return href && label ? { href, label } : undefined;
}
