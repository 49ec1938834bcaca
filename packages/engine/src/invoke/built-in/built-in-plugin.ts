import type { PreparedPlugin } from '../../workspace/workspace.ts';

/**
 * What Meltano does of its own around the processes of a plugin that it knows by name: a configuration file
 * beside them, variables that say where it is, and commands before them.
 */
export interface BuiltInPlugin {
  /** Name of the configuration file in the plugin's run folder. Secrets stand in it. */
  readonly configFile: string;
  env(place: BuiltInPlace): Readonly<Record<string, string>>;
  /** Writes the configuration file, and does what is done once after it. */
  configure(build: BuiltInBuild): Promise<void>;
  /** Arguments of the plugin's own program, which runs with them before each start of the plugin. */
  readonly beforeEachStart: readonly (readonly string[])[];
}

/** Absolute paths. */
export interface BuiltInPlace {
  readonly folder: string;
  readonly config: string;
}

export interface BuiltInBuild {
  readonly prepared: PreparedPlugin;
  readonly root: string;
  /** Runs the plugin's program; what it wrote on standard output. Throws `invoke.preparation_failed`. */
  runStep(args: readonly string[]): Promise<string>;
  writeConfig(text: string): void;
  info(text: string): void;
}
