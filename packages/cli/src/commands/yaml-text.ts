import type { JsonValue } from '@meltano/foundation/json';
import { parseProjectFile } from '@meltano/project/document/parse-project-file';

/** A piece of YAML from the command line, read by the same rules as project files. */
export function parseYamlText(text: string): JsonValue {
  return (
    parseProjectFile(
      '--tasks',
      `value: ${text.includes('\n') ? `\n  ${text.replaceAll('\n', '\n  ')}` : text}\n`,
    ).value['value'] ?? null
  );
}
