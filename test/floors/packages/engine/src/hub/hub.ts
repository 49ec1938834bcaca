import { lineage } from '../lineage/lineage.ts'; export const hub = lineage;
