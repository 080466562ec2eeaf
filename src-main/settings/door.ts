/** Settings that are not personal and must be readable before unlocking. */
import * as v from 'valibot';
import { call, schema, stream } from '../wire/index.ts';

export const settings = v.object({
  theme: v.picklist(['system', 'light', 'dark']),
  /** Minutes without a verb from the person until daimon locks; 0 = never. */
  idleMinutes: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(24 * 60)),
  /** The one switch: no connection leaves this machine. */
  cut: v.boolean(),
  /** Model of new conversations; none until one is chosen. */
  model: v.nullable(v.string()),
  /** Bytes that models may keep in memory together; 'auto' = what this machine can spare. */
  memoryBudget: v.union([v.literal('auto'), v.pipe(v.number(), v.safeInteger(), v.minValue(0))]),
  /** 'auto' uses a GPU whose back end is installed. */
  gpu: v.picklist(['auto', 'off']),
  /** Tokens of context; 'auto' = what the model was trained for, bounded by this machine's memory. */
  contextSize: v.union([v.literal('auto'), v.pipe(v.number(), v.safeInteger(), v.minValue(512), v.maxValue(1 << 20))]),
});
export type Settings = v.InferOutput<typeof settings>;

export const settingsDoor = {
  'settings.get': call('The settings as they are.', schema.empty, settings),
  'settings.set': call(
    'Changes some settings; the others stay.',
    v.partial(v.strictObject(settings.entries)),
    settings,
  ),
  'settings.watch': stream(
    'The settings now and whenever they change.',
    schema.empty,
    settings,
    (_older, newer) => newer,
  ),
} as const;
