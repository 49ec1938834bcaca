import { lineage } from '../lineage/lineage.ts'; export const logs = lineage;
