import { lineage } from '../lineage/lineage.ts'; export const diagnose = lineage;
