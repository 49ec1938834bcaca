import { one } from '../../../connectors/one/src/index.ts'; export const guest = one;
