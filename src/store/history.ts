/** Versions of the registry that are kept. */
export const HISTORY_MAX = 200;
