/**
 * The text that SQLAlchemy keeps for a point in time in SQLite: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC, always six
 * digits, so that text compares like time. `ms` counts from the Unix epoch and may have a fraction.
 */
export function renderPythonDatetime(ms: number): string {
  const micros = Math.round(ms * 1000);
  const whole = Math.floor(micros / 1000);
  const text = new Date(whole).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 23)}${String(micros - whole * 1000).padStart(3, '0')}`;
}

/** Milliseconds since the epoch, with a fraction; a zone in the text is obeyed, none means UTC. */
export function parsePythonDatetime(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6})\d*)?(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const [, date = '', time = '', fraction = '', zone = 'Z'] = match;
  const seconds = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(seconds) ? undefined : seconds + Number(fraction.padEnd(6, '0')) / 1000;
}
