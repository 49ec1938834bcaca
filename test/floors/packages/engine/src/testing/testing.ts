import { lineage } from '../lineage/lineage.ts'; export const testing = lineage;
