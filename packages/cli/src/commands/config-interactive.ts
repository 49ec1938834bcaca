import { errorMessage } from '@meltano/foundation/errors';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import { cliError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { ConfigTarget } from './config-target.ts';
import { originText, shownValue } from './setting-text.ts';

type Write = (path: readonly string[], value: string) => Promise<void>;

/** Asks for one setting after the other until the person is done. */
export async function setInteractively(session: Session, target: ConfigTarget, write: Write): Promise<void> {
  const { terminal } = session;
  if (!terminal.stdin.isTTY || !terminal.stderr.isTTY) {
    throw cliError('no_terminal', {
      message: 'There is no terminal to ask for settings',
      hint: `meltano config set ${target.plugin?.name ?? 'meltano'} <setting> <value>`,
    });
  }
  const settings = target.settings.filter((setting) => !setting.definition.custom);
  if (settings.length === 0) {
    session.print(session.outStyle.yellow(`There are no settings for ${target.label}`));
    return;
  }
  const { select, isCancel, outro } = await import('@clack/prompts');
  for (;;) {
    const choice = await select({
      message: `${target.label}: which setting?`,
      options: [
        ...settings.map((setting) => ({
          value: setting.definition.name,
          label: setting.definition.name,
          hint: (setting.definition.description ?? '').slice(0, 75),
        })),
        { value: '', label: 'Done' },
      ],
    });
    if (isCancel(choice) || choice === '') break;
    const setting = settings.find((each) => each.definition.name === choice);
    if (setting !== undefined) await askValue(session, setting, write);
  }
  outro('Done');
}

async function askValue(session: Session, setting: ResolvedSetting, write: Write): Promise<void> {
  const { text, password, select, isCancel, log } = await import('@clack/prompts');
  const { definition, origin } = setting;
  const current = `${shownValue(setting, setting.value, false)} (${origin === undefined ? 'default' : originText(origin)})`;
  log.info(`Current value: ${current}\nKind: ${definition.kind ?? 'any'}`);
  const value = definition.sensitive
    ? await password({ message: 'New value (hidden)' })
    : definition.options.length > 0
      ? await select({
          message: 'Select value',
          options: definition.options.map((option) => ({ value: String(option.value), label: option.label })),
        })
      : await text({ message: 'New value' });
  if (isCancel(value)) return;
  try {
    await write([definition.name], value);
  } catch (error) {
    log.error(`The value was not set: ${errorMessage(error)}`);
  }
}
