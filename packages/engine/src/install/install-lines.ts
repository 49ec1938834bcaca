import type { AppError } from '@meltano/foundation/errors';
import type { LogFields, LogLevel } from '@meltano/foundation/log';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { InstallablePlugin, InstallReason } from './install-plugin.ts';
import type { InstallOutcome, InstallProgress, SkipReason } from './install-plugins.ts';

export interface InstallLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields?: LogFields;
}

/** The log line for a step of an installation, in Meltano's words (meltano-project §5.6). */
export function renderInstallProgress(progress: InstallProgress, reason: InstallReason): InstallLine {
  if (progress.kind === 'started')
    return { level: 'info', event: `${verb(reason).present} ${nameOf(progress.plugin)}` };
  if (progress.kind === 'waiting')
    return { level: 'info', event: `Waiting to install ${nameOf(progress.plugin)}: ${progress.reason}` };
  return renderOutcome(progress.outcome, reason);
}

/** What an installation does not do for plugins whose files are part of the project, and what does. */
export function renderInstallAdvice(
  progress: InstallProgress,
  reason: InstallReason,
): InstallLine | undefined {
  if (progress.kind !== 'ended' || progress.outcome.status !== 'installed' || reason !== 'install')
    return undefined;
  const { type, name } = progress.outcome.plugin;
  if (type === 'files')
    return {
      level: 'info',
      event: `The files of '${name}' are brought up to date by \`meltano upgrade files\``,
    };
  if (type === 'transforms')
    return {
      level: 'info',
      event: `The models of '${name}' are entered in the dbt project by \`meltano add --plugin-type=transform ${name}\``,
    };
  return undefined;
}

function renderOutcome(outcome: InstallOutcome, reason: InstallReason): InstallLine {
  const { plugin } = outcome;
  if (outcome.status === 'installed')
    return { level: 'info', event: `${verb(reason).past} ${nameOf(plugin)}` };
  if (outcome.status === 'skipped') {
    const level = reason === 'auto' ? 'debug' : 'info';
    return { level, event: `Skipped installing ${nameOf(plugin)}. ${whySkipped(outcome.why, plugin)}.` };
  }
  const { message, details } = outcome.error;
  const lines = untoldLines(outcome.error);
  const state = {
    plugin_type: plugin.type,
    plugin_name: plugin.name,
    reason,
    status: 'error',
    message,
    details: typeof details['output'] === 'string' ? details['output'] : null,
    lines,
  };
  const told = lines.length === 0 ? message : withoutReason(outcome.error);
  return { level: 'error', event: `Installation failed. ${told}.`, fields: { install_state: state } };
}

/** What the installer said and the message does not: all of its telling lines, or none. */
function untoldLines({ message, details }: AppError): readonly string[] {
  const lines = Array.isArray(details['lines']) ? details['lines'].map(String) : [];
  const bare = lines.map((line) => line.replace(/^(?:error|cause|fatal):\s*/i, '').replace(/[.:]$/, ''));
  return bare.every((line) => message.includes(line)) ? [] : lines;
}

/** The reason is among the lines that are shown. */
function withoutReason({ message, details }: AppError): string {
  const { reason } = details;
  return typeof reason === 'string' ? message.replace(`: ${reason}`, '') : message;
}

/** The warning for a pip_url with variables that nothing sets, when an automatic install leaves it out. */
export function renderMissingVariables(plugin: InstallablePlugin, missing: readonly string[]): InstallLine {
  const names = missing.map((name) => `'${name}'`).join(', ');
  return {
    level: 'warning',
    event: `Environment variable ${names} not set for '${plugin.name}' \`pip_url\`, will not attempt install`,
  };
}

/** The lines at the end; none for a single plugin. */
export function renderInstallSummary(
  outcomes: readonly InstallOutcome[],
  reason: InstallReason,
): readonly InstallLine[] {
  const total = outcomes.length;
  if (total <= 1) return [];
  const count = (status: InstallOutcome['status']) =>
    outcomes.filter((outcome) => outcome.status === status).length;
  const [installed, skipped, failed] = [count('installed'), count('skipped'), count('failed')];
  const level = summaryLevel({ installed, skipped, failed, total }, reason);
  const lines: InstallLine[] = [{ level, event: `${verb(reason).past} ${installed}/${total} plugins` }];
  if (skipped > 0) lines.push({ level, event: `Skipped installing ${skipped}/${total} plugins` });
  return lines;
}

function summaryLevel(
  {
    installed,
    skipped,
    failed,
    total,
  }: { installed: number; skipped: number; failed: number; total: number },
  reason: InstallReason,
): LogLevel {
  if (installed + skipped === 0) return 'error';
  if (failed > 0) return 'warning';
  return reason === 'auto' && skipped === total ? 'debug' : 'info';
}

function whySkipped(why: SkipReason, plugin: InstallablePlugin): string {
  switch (why) {
    case 'mapping':
    case 'shared':
      return `Plugin '${plugin.name}' does not require installation: reusing parent virtualenv`;
    case 'not-installable':
      return 'Plugin is not installable';
    case 'built-in':
      return `Plugin '${plugin.name}' does not require installation: it is built in`;
    case 'npm-package':
      return `Plugin '${plugin.name}' does not require installation: its npm package ${plugin.npmPackage} is installed`;
    case 'unchanged':
      return 'Requirements have not changed';
    case 'missing-variable':
      return 'Missing environment variable';
  }
}

function nameOf(plugin: InstallablePlugin): string {
  return `${pluginTypeWords[plugin.type].descriptor} '${plugin.name}'`;
}

function verb(reason: InstallReason) {
  return reason === 'upgrade'
    ? { present: 'Updating', past: 'Updated' }
    : { present: 'Installing', past: 'Installed' };
}
