/** Every door the window knows, as one: the names of all verbs and what each takes and gives. */
import type { Client } from '../../src-main/wire/index.ts';
import { assistantDoor } from '../../src-main/assistant/door.ts';
import { baseDoor } from '../../src-main/base/door.ts';
import { engineDoor } from '../../src-main/engine/door.ts';
import { libraryDoor } from '../../src-main/library/door.ts';
import { settingsDoor } from '../../src-main/settings/door.ts';
import { vaultDoor } from '../../src-main/vault/door.ts';

export const doors = {
  ...baseDoor,
  ...settingsDoor,
  ...vaultDoor,
  ...engineDoor,
  ...libraryDoor,
  ...assistantDoor,
} as const;
export type Doors = typeof doors;
/** The one core client: every verb as a function. */
export type Core = Client<Doors>;
