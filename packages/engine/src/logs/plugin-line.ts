import type { LogFields, LogLevel } from '@meltano/foundation/log';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { LogLine } from './log-line.ts';
import { parseSingerSdkLine } from './parse-singer-sdk-line.ts';

export interface PluginText {
  readonly at: number;
  readonly level: LogLevel;
  /** As the plugin wrote it, secrets removed. */
  readonly text: string;
  /** What is bound to the plugin's lines; `name` and `stdio` among it. */
  readonly fields: LogFields;
  readonly runId: string | undefined;
  readonly type: PluginType | undefined;
  readonly isStructured: boolean;
}

/** The log line of something that a plugin wrote: parsed where the plugin logs in the SDK's structure. */
export function readPluginLine({ at, level, text, fields, runId, type, isStructured }: PluginText): LogLine {
  const { name, ...bound } = fields;
  const run = runId === undefined || 'run_id' in fields ? {} : { run_id: runId };
  const logger = pluginLoggerName(String(fields['stdio']), type, String(name));
  const parsed = isStructured ? parseSingerSdkLine(text) : undefined;
  if (parsed === undefined) return { at, level, event: text, fields: { ...bound, name, ...run }, logger };
  return {
    at,
    level: parsed.level,
    event: parsed.event,
    // A plugin's own facts never hide those that the engine binds.
    fields: { ...bound, ...without(parsed.before, fields), name, ...without(parsed.after, fields), ...run },
    logger,
  };
}

/** The name by which `logging.yaml` configures a plugin's lines. */
export function pluginLoggerName(stdio: string, type: PluginType | undefined, plugin: string): string {
  return `meltano.plugin.${stdio}.${type ?? 'utilities'}.${plugin}`;
}

function without(fields: LogFields, taken: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !(key in taken)));
}
