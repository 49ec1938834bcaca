/** The options of `meltano add`, as commander gives them. */
export interface AddOptions {
  readonly pluginType?: string;
  readonly inheritFrom?: string;
  readonly variant?: string;
  readonly as?: string;
  readonly fromRef?: string;
  readonly python?: string;
  readonly custom?: boolean;
  readonly update?: boolean;
  readonly install?: boolean;
  readonly forceInstall?: boolean;
  readonly namespace?: string;
  readonly pipUrl?: string;
  readonly executable?: string;
  readonly capabilities?: string;
  readonly settings?: string;
  readonly databaseUri?: string;
}
