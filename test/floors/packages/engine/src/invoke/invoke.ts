import { lineage } from '../lineage/lineage.ts'; export const invoke = lineage;
