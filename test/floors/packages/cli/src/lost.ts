import { lost } from './not-there.ts'; export const found = lost;
