import { sep } from 'node:path'; export const node = sep;
