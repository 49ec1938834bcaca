import { type LogLine, renderTimestamp } from '@meltano/engine/logs/log-line';
import { consoleParts } from '@meltano/engine/logs/render-console';
import type { Style } from './style.ts';
import { wrapText } from './wrap-text.ts';

export interface TerminalLineShape {
  readonly style: Style;
  readonly colour: boolean;
  readonly width: number;
  /** The host's time instead of UTC. */
  readonly localTime: boolean;
}

/** From this width on there is room for the date and the fraction of the second. */
const wide = 120;

/**
 * A log line as a person reads it at a terminal, with its line end: the time, the level where it is not `info`, the plugin that wrote
 * it, the text wrapped below itself. Scripts read the other formats.
 */
export function renderTerminalLine(line: LogLine, shape: TerminalLineShape): string {
  const { style, colour, width, localTime } = shape;
  const time = shownTime(line.at, shape);
  const { name } = line.fields;
  const plugin = typeof name === 'string' && name !== 'meltano' ? `${style.cyan(`${name}:`)} ` : '';
  const { above, facts } = consoleParts(line, { color: colour, localTime });
  const pairs = facts.map(([key, value]) => ` ${style.dim(`${key}=${value}`)}`).join('');
  const text = `${style.dim(time)} ${levelText(line.level, style)}${plugin}${line.event}${pairs}`;
  const lines = wrapText(text, { width, hang: time.length + 1 });
  return `${above}${lines.map((each) => `${each}\n`).join('')}`;
}

function shownTime(at: number, { width, localTime }: TerminalLineShape): string {
  const full = renderTimestamp(at, localTime);
  const zone = localTime ? '' : 'Z';
  return `${width >= wide ? full.slice(0, 23) : full.slice(11, 19)}${zone}`;
}

function levelText(level: LogLine['level'], style: Style): string {
  switch (level) {
    case 'info':
      return '';
    case 'debug':
      return `${style.dim('debug:')} `;
    case 'warning':
      return `${style.yellow('warning:')} `;
    case 'error':
    case 'critical':
      return `${style.red(`${level}:`)} `;
  }
}
