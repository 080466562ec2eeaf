/** What the core may ask of Electron's main: children of the closed list, a notice, a file of ours to be opened. */
import * as v from 'valibot';
import { call, schema, stream } from '../../wire/index.ts';

const environment = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/)), schema.text(32_768)),
  v.check((all) => Object.keys(all).length <= 64, 'has more than 64 variables'),
);

export const hostDoor = {
  'host.start': stream(
    'Starts a child, whose port comes beside this; tells of its beginning and its end. Leaving the stream ends it at once.',
    v.strictObject({
      id: schema.count,
      name: v.picklist(['signer', 'engine', 'reader']),
      env: v.optional(environment, {}),
    }),
    v.variant('kind', [
      v.object({ kind: v.literal('started'), pid: schema.count }),
      v.object({ kind: v.literal('exited'), code: v.nullable(v.number()) }),
    ]),
  ),
  'host.notify': call(
    'Tells the person that long work ended, unless they are looking at the window.',
    v.strictObject({ text: schema.text(200), place: schema.text(100) }),
    v.object({ shown: v.boolean() }),
  ),
} as const;
