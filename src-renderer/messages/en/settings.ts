/** Strings of the settings room. */
export const settings = { title: 'Settings' };
