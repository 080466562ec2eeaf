/** How an answer is made: one question's wish over its conversation's shape over the persona's over what suits most. */
import { randomInt } from 'node:crypto';
import type { Format } from '../engine/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Persona, Shape } from './door.ts';

/** Sampling that suits small instruct models when nothing else was asked for. */
const TEMPERATURE = 0.7;
const TOP_K = 40;
const TOP_P = 0.9;
const SEEDS = 2 ** 32;

/** What one `assistant.send` or `assistant.again` asks for. */
export interface Wish extends Shape {
  readonly json?: Record<string, unknown> | undefined;
  readonly grammar?: string | undefined;
}
/** What is known of the models, narrowly. */
export interface Models {
  /** Throws Fault `no-model`. */
  defaultModel(): string;
  hasModel(id: string): boolean;
  warmUp(id: string): boolean;
  /** The name that people know it by; the id of one that is not here. */
  modelName(id: string): string;
}
/** Everything about an answer but its turns. */
export interface Making {
  readonly model: string;
  /** A system prompt in place of the usual one. */
  readonly system: string | undefined;
  readonly sampling: {
    readonly temperature: number;
    readonly topK: number;
    readonly topP: number;
    readonly minP?: number;
    readonly repeatPenalty?: number;
    readonly maxTokens?: number;
    /** Drawn when none was asked for, so that every answer can be had again. */
    readonly seed: number;
    readonly format?: Format;
  };
  /** The persona's name. */
  readonly persona: string | undefined;
  /** Sentences for the person. */
  readonly notes: readonly string[];
}

interface Asked {
  readonly wish: Wish;
  /** The conversation's own. */
  readonly shape: Shape;
  readonly persona: Persona | undefined;
  /** The model that answered last in this conversation. */
  readonly last: string | null;
}

/**
 * Resolves how an answer is made.
 *
 * @throws Fault `unknown-model` (the wish names one that is not here), `two-forms`, `no-model`
 */
export function resolve({ wish, shape, persona, last }: Asked, models: Models): Making {
  const { model, notes } = chooseModel({ wish, shape, persona, last }, models);
  const { system, temperature, topK, topP, minP, repeatPenalty, maxTokens, seed } = {
    ...persona?.shape,
    ...shape,
    // An absent wish must not hide what lies under it.
    ...(Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as Shape),
  };
  const format = formOf(wish);
  return {
    model,
    system: system?.trim() ? system : undefined,
    sampling: {
      temperature: temperature ?? TEMPERATURE,
      topK: topK ?? TOP_K,
      topP: topP ?? TOP_P,
      ...(minP !== undefined && { minP }),
      ...(repeatPenalty !== undefined && { repeatPenalty }),
      ...(maxTokens !== undefined && { maxTokens }),
      seed: seed ?? randomInt(SEEDS),
      ...(format && { format }),
    },
    persona: persona?.name,
    notes,
  };
}

/** @throws Fault `unknown-model`, `no-model` */
export function chooseModel(
  { wish, shape, persona, last }: Asked,
  models: Models,
): { readonly model: string; readonly notes: readonly string[] } {
  const { hasModel, modelName } = models;
  if (wish.model !== undefined) {
    if (!hasModel(wish.model))
      throw new Fault(
        'unknown-model',
        'That model is not on this machine. See what is here with: npm run -s daimon -- engine.models',
      );
    return { model: wish.model, notes: [] };
  }
  const named = [shape.model, persona?.shape.model].filter((id) => id !== undefined);
  const here = named.find(hasModel);
  const { model, notes } = here ? { model: here, notes: [] } : withoutName(last, models);
  const gone = named[0] !== undefined && named[0] !== model ? named[0] : undefined;
  return {
    model,
    notes: gone
      ? [
          `${modelName(gone)} is set for these answers and is no longer on this machine, so ${modelName(model)} answers.`,
        ]
      : notes,
  };
}

/** What answered before goes on; only a model that stands in gives way as soon as the real one is here. */
function withoutName(last: string | null, { defaultModel, hasModel, warmUp, modelName }: Models) {
  if (last === null || !hasModel(last)) return { model: defaultModel(), notes: [] };
  if (!warmUp(last)) return { model: last, notes: [] };
  const model = defaultModel();
  if (warmUp(model)) return { model: last, notes: [] };
  return {
    model,
    notes: [`${modelName(model)} has arrived and answers from here on; ${modelName(last)} answered before.`],
  };
}

/** @throws Fault `two-forms` */
function formOf({ json, grammar }: Wish): Format | undefined {
  if (json !== undefined && grammar !== undefined)
    throw new Fault(
      'two-forms',
      'An answer is held to a JSON Schema or to a grammar, not to both. Nothing was sent; leave one of them out.',
    );
  if (json !== undefined) return { kind: 'json', schema: json };
  return grammar === undefined ? undefined : { kind: 'grammar', gbnf: grammar };
}
