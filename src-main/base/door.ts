/** The base's verbs: long pieces of work, and what left this machine. */
import * as v from 'valibot';
import { call, schema, stream } from '../wire/index.ts';

export const job = v.object({
  id: schema.id,
  kind: v.string(),
  title: v.string(),
  state: v.picklist(['running', 'paused', 'done', 'failed', 'stopped']),
  done: v.number(),
  total: v.optional(v.number()),
  unit: v.string(),
  note: v.optional(v.string()),
  /** Units per second over the last seconds. */
  rate: v.optional(v.number()),
  secondsLeft: v.optional(v.number()),
  startedAt: v.number(),
  endedAt: v.optional(v.number()),
  fault: v.optional(v.object({ code: v.string(), message: v.string() })),
});
export type Job = v.InferOutput<typeof job>;

export const connection = v.object({
  id: v.number(),
  host: v.string(),
  reason: v.string(),
  bytesOut: v.number(),
  bytesIn: v.number(),
  at: v.number(),
  endedAt: v.optional(v.number()),
  outcome: v.picklist(['open', 'done', 'failed', 'refused']),
});
export type Connection = v.InferOutput<typeof connection>;

const one = v.strictObject({ id: schema.id });

export const baseDoor = {
  'jobs.list': call('Every long piece of work, newest first.', schema.empty, v.array(job)),
  'jobs.follow': stream(
    'The state of one job now and whenever it changes, until it ends.',
    one,
    job,
    (_older, newer) => newer,
  ),
  'jobs.pause': call('Pauses a job at its next step.', one, job),
  'jobs.resume': call('Goes on with a paused job.', one, job),
  'jobs.stop': call('Stops a job for good; what it finished stays.', one, job),
  'dial.record': call(
    'Every connection that left this machine, newest first.',
    v.strictObject({ limit: schema.limit(1000, 200), before: v.optional(v.number()) }),
    v.object({ cut: v.boolean(), connections: v.array(connection) }),
  ),
  'dial.cut': call(
    'Cuts every connection to the outside, or allows them again.',
    v.strictObject({ on: v.boolean() }),
    v.object({ cut: v.boolean() }),
  ),
} as const;
