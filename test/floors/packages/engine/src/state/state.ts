import { lineage } from '../lineage/lineage.ts'; export const state = lineage;
