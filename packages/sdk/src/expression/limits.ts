/** Bounds of time and memory, so that no expression stops a run. The first four are those of `simpleeval`. */
export const maxTextLength = 100_000;
export const maxComprehensionLength = 10_000;
export const maxPower = 4_000_000;
export const maxShift = 10_000;

/** Digits of a number that becomes text or is read from one: Python's own limit. */
export const maxNumberDigits = 4_300;

/** Bits of a number that a power or a product may have. */
export const maxNumberBits = 300_000;

/** What a method such as `replace` may make of a text that was long already. */
export const maxGrownTextLength = 50_000_000;

/** Brackets and operators inside each other. */
export const maxDepth = 100;

/** Characters of all texts in a value that is written out, with some for each item: more would fill the memory. */
export const maxValueSize = 512 * 1024 * 1024;
