import { InvalidArgumentError as InvalidArgument, Option } from 'commander';

/** Options that many commands share, in the words of Meltano. Made anew for each command: commander keeps state in them. */
export const databaseUriOption = () => new Option('--database-uri <uri>', 'System database URI.');

export const pluginTypeOption = () => new Option('--plugin-type <type>', 'The type of the plugin.');

export const installOption = () =>
  new Option('--install', 'Install plugins first if they need it (the default).');
export const noInstallOption = () => new Option('--no-install', 'Do not install plugins.');
export const onlyInstallOption = () => new Option('--only-install', 'Install the plugins and stop.');

export const formatOption = (...formats: readonly string[]) =>
  new Option('--format <format>', 'Output format.').choices(formats).default(formats[0]);

/** `--install` and its kin as the actions get them. */
export interface InstallChoice {
  readonly install?: boolean;
  readonly onlyInstall?: boolean;
}

/** A whole number from `least` on; anything else is a usage error. */
export function parseWholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least) {
      throw new InvalidArgument(`'${text}' is not a whole number from ${least} on.`);
    }
    return number;
  };
}

export function parseUuid(text: string): string {
  if (/^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgument(`'${text}' is not a valid UUID.`);
}
