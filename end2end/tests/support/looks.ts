/** The windows in which the console is looked at, in CSS pixels. */
export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };
