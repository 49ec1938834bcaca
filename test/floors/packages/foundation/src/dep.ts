import { parse } from 'yaml'; export const dep = parse;
