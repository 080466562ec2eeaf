/** Every verb of every room, in one door. */
import { assistantDoor } from './assistant/door.ts';
import { baseDoor } from './base/door.ts';
import { engineDoor } from './engine/door.ts';
import { libraryDoor } from './library/door.ts';
import { settingsDoor } from './settings/door.ts';
import { vaultDoor } from './vault/door.ts';

/** Verbs of rooms that stand only while daimon is awake. */
export const roomDoor = { ...baseDoor, ...engineDoor, ...libraryDoor, ...assistantDoor } as const;
export const coreDoor = { ...settingsDoor, ...vaultDoor, ...roomDoor } as const;
export type RoomDoor = typeof roomDoor;
export type CoreDoor = typeof coreDoor;
