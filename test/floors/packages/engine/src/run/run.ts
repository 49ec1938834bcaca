import { lineage } from '../lineage/lineage.ts'; export const run = lineage;
