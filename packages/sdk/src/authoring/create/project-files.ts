import { commonFiles } from './common-files.ts';
import { mapperFiles } from './mapper-files.ts';
import type { ProjectChoice } from './project-choice.ts';
import { tapFiles } from './tap-files.ts';
import { targetFiles } from './target-files.ts';
import type { Files } from './write-files.ts';

const own: Readonly<Record<ProjectChoice['kind'], (choice: ProjectChoice) => Files>> = {
  tap: tapFiles,
  target: targetFiles,
  mapper: mapperFiles,
};

/** All files of a new connector's repository: it passes its own tests at once, without a network. */
export function projectFiles(choice: ProjectChoice, sdkVersion: string): Files {
  return { ...commonFiles(choice, sdkVersion), ...own[choice.kind](choice) };
}
