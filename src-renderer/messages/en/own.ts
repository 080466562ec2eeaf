/** Strings of the own room. */
export const own = { title: 'Own' };
