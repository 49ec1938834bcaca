import { lineage } from '../lineage/lineage.ts'; export const workspace = lineage;
