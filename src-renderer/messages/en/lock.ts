/** Strings of the lock room. */
export const lock = { title: 'Lock' };
