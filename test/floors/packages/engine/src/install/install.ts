import { lineage } from '../lineage/lineage.ts'; export const install = lineage;
