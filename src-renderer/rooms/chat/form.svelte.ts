/** What is typed into "How it answers" before it is used: each setting as text, and the change that it makes. */
import type { Shape } from '../../../src-main/assistant/door.ts';
import { say as catalogue } from '../../messages/index.ts';
import type { Change } from './shaping.svelte.ts';

const say = catalogue.chat.shape;

/** The door's own limits of each number. */
const limits = {
  topK: { min: 0, max: 1000, whole: true },
  topP: { min: 0, max: 1, whole: false },
  minP: { min: 0, max: 1, whole: false },
  repeatPenalty: { min: 0.5, max: 2, whole: false },
  maxTokens: { min: 1, max: 2 ** 20, whole: true },
  seed: { min: 0, max: 2 ** 32 - 1, whole: true },
} as const;
export type Numeral = keyof typeof limits;
const numerals = Object.keys(limits) as Numeral[];
const keys = ['model', 'system', 'temperature', ...numerals] as const;

/** @returns undefined for an empty field, NaN for what cannot be used */
export function readNumeral(name: Numeral, text: string): number | undefined {
  const { min, max, whole } = limits[name];
  const written = text.trim().replace(',', '.');
  if (written === '') return undefined;
  const value = /^\d*\.?\d+$/.test(written) ? Number(written) : NaN;
  return value >= min && value <= max && (!whole || Number.isSafeInteger(value)) ? value : NaN;
}

export interface Form {
  /** '' is the usual one. */
  model: string;
  system: string;
  /** Undefined is as usual. */
  temperature: number | undefined;
  readonly numerals: Record<Numeral, string>;
  error(name: Numeral): string | undefined;
  readonly valid: boolean;
  /** What is set here; only where `valid`. */
  readonly shape: Shape;
  /** What differs from the settings it began with. */
  readonly change: Change;
}

export function openForm(own: Shape): Form {
  let model = $state(own.model ?? '');
  let system = $state(own.system ?? '');
  let temperature = $state(own.temperature);
  const texts = $state(
    Object.fromEntries(numerals.map((name) => [name, own[name] === undefined ? '' : String(own[name])])) as Record<
      Numeral,
      string
    >,
  );

  const error: Form['error'] = (name) => {
    if (!Number.isNaN(readNumeral(name, texts[name]))) return undefined;
    const { min, max, whole } = limits[name];
    return whole ? say.whole(min, max) : say.between(min, max);
  };
  const shapeNow = (): Shape => ({
    ...(model && { model }),
    ...(system.trim() && { system }),
    ...(temperature !== undefined && { temperature }),
    ...Object.fromEntries(
      numerals.map((name) => [name, readNumeral(name, texts[name])]).filter(([, value]) => value !== undefined),
    ),
  });

  return {
    get model() {
      return model;
    },
    set model(next) {
      model = next;
    },
    get system() {
      return system;
    },
    set system(next) {
      system = next;
    },
    get temperature() {
      return temperature;
    },
    set temperature(next) {
      temperature = next;
    },
    numerals: texts,
    error,
    get valid() {
      return numerals.every((name) => !error(name));
    },
    get shape() {
      return shapeNow();
    },
    get change() {
      const next = shapeNow();
      return Object.fromEntries(
        keys.filter((key) => next[key] !== own[key]).map((key) => [key, next[key] ?? null]),
      ) as Change;
    },
  };
}
