/** What the core's process says with its end. */

/** Another core has this data folder: a terminal's, or one with its window in a browser. */
export const ANOTHER_CORE = 75;
