/** What only programs on this machine may ask of a running core: an address for a window, whether it works, its end. */
import * as v from 'valibot';
import { call, schema } from '../wire/index.ts';

export const shellDoor = {
  'shell.address': call(
    'A fresh address that opens the window, good once and for five minutes.',
    schema.empty,
    v.object({ address: v.string() }),
  ),
  'shell.busy': call(
    'Whether work is under way that ending the core would cut off.',
    schema.empty,
    v.object({ busy: v.boolean() }),
  ),
  'shell.quit': call('Closes the rooms and ends the core.', schema.empty, v.object({ quitting: v.boolean() })),
} as const;
