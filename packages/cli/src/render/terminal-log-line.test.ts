import type { LogLine } from '@meltano/engine/logs/log-line';
import { expect, it } from 'vitest';
import { createStyle } from './style.ts';
import { renderTerminalLine } from './terminal-log-line.ts';

const at = Date.UTC(2026, 10, 26, 9, 5, 7, 250);
const line = (more: Partial<LogLine> = {}): LogLine => ({
  at,
  level: 'info',
  event: 'Said',
  fields: {},
  ...more,
});
const render = (given: LogLine, width = 80, colour = false) =>
  renderTerminalLine(given, { style: createStyle(colour), colour, width, localTime: false });

it('says the level where it is not the usual one, and who wrote the line', () => {
  expect(render(line())).toBe('09:05:07Z Said\n');
  expect(render(line({ level: 'warning' }))).toBe('09:05:07Z warning: Said\n');
  expect(render(line({ fields: { name: 'tap-a', stdio: 'stderr' } }))).toBe('09:05:07Z tap-a: Said\n');
  expect(
    render(line({ level: 'error', fields: { name: 'meltano', metric_info: { metric: 'm', value: 1 } } })),
  ).toBe('09:05:07Z error: Said metric_name=m metric_value=1\n');
});

it('wraps below the text, and shows the whole time where there is room', () => {
  const long = line({ event: Array.from({ length: 20 }, () => 'lorem').join(' ') });
  const lines = render(long).trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines.every((each) => each.length <= 80)).toBe(true);
  expect(lines[1]).toMatch(/^ {10}lorem/);
  expect(render(long, 160)).toMatch(/^2026-11-26T09:05:07\.250Z lorem .*\n$/);
});

it('keeps what stands above a line as it is', () => {
  const failed = line({ level: 'error', fields: { install_state: { details: 'a\n  b' } } });
  expect(render(failed)).toMatch(/^── Installation error ──\na\n {2}b\n──\n09:05:07Z error: Said\n$/);
});
