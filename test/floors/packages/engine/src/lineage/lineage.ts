import { sep } from 'node:path'; export const lineage = sep;
