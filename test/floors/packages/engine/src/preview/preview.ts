import { lineage } from '../lineage/lineage.ts'; export const preview = lineage;
