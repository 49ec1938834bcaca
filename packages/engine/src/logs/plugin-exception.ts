const shownFrames = 3;

/**
 * A traceback that a plugin sent in a structured log line, as lines of text with a line end; empty for
 * anything else. The innermost frames come first, as in Meltano.
 */
export function renderPluginException(value: unknown, color: boolean): string {
  if (!isRecord(value)) return '';
  const paint = (code: string, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const frames = listOf(value['traceback']).filter(isRecord).reverse();
  const lines = frames.slice(0, shownFrames).flatMap((frame) => renderFrame(frame, paint));
  const hidden = frames.length - shownFrames;
  if (hidden > 0) lines.push(paint('2', `  … ${hidden} more frame${hidden === 1 ? '' : 's'}`));
  const headline = `${paint('1;91', `${String(value['type'] ?? 'Error')}:`)} ${String(value['message'] ?? '')}`;
  const notes = listOf(value['notes']).map((note) => `  ${String(note)}`);
  return [...lines, headline, ...notes, ...causes(value, color)].map((line) => `${line}\n`).join('');
}

function renderFrame(
  frame: Readonly<Record<string, unknown>>,
  paint: (code: string, text: string) => string,
): string[] {
  const { filename, lineno, function: name, line } = frame;
  const where = `  ${paint('1', String(filename ?? '?'))}:${String(lineno ?? '?')} in ${String(name ?? '?')}`;
  return typeof line === 'string' && line.trim() !== '' ? [where, paint('2', `    ${line.trim()}`)] : [where];
}

function causes(value: Readonly<Record<string, unknown>>, color: boolean): string[] {
  const cause = value['cause'];
  const context = value['context'];
  if (isRecord(cause)) return ['Caused by:', ...renderPluginException(cause, color).trimEnd().split('\n')];
  if (isRecord(context))
    return ['While handling:', ...renderPluginException(context, color).trimEnd().split('\n')];
  return [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
