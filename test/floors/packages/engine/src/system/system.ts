import { lineage } from '../lineage/lineage.ts'; export const system = lineage;
