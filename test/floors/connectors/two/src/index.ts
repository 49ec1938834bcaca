import { one } from '../../one/src/index.ts'; export const two = one;
