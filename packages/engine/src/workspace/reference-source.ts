import type { SecretReference } from '@meltano/project/settings/secret-reference';

/** Where the values of references in settings come from; the workspace itself follows none. */
export interface ReferenceSource {
  /** Throws `workspace.reference_…`. A reference that was followed once is not followed again. */
  read(reference: SecretReference, place: ReferencePlace): Promise<string>;
  /** The same at once, for Meltano's own settings, which are needed to go on at all. */
  readNow(reference: SecretReference, place: ReferencePlace): string;
}

export interface ReferencePlace {
  /** Root of the project: paths are relative to it, and commands are started in it. */
  readonly root: string;
  readonly processEnv: Readonly<Record<string, string>>;
  readonly dotenv: Readonly<Record<string, string>>;
}
