import { lineage } from '../lineage/lineage.ts'; export const catalog = lineage;
