import { describe, expect, it } from 'vitest';
import { parsePythonDatetime, renderPythonDatetime } from './python-datetime.ts';

describe('Python datetimes', () => {
  it.each([
    [Date.UTC(2026, 10, 26, 3, 49, 33, 749), '2026-11-26 03:49:33.749000'],
    [Date.UTC(2026, 10, 26, 3, 49, 33, 0), '2026-11-26 03:49:33.000000'],
    [Date.UTC(2026, 10, 26, 3, 49, 33, 749) + 0.349, '2026-11-26 03:49:33.749349'],
  ])('%d is %s, both ways', (ms, text) => {
    expect(renderPythonDatetime(ms)).toBe(text);
    expect(parsePythonDatetime(text)).toBeCloseTo(ms, 3);
  });

  it('reads other spellings', () => {
    expect(parsePythonDatetime('2026-11-26T03:49:33')).toBe(Date.UTC(2026, 10, 26, 3, 49, 33));
    expect(parsePythonDatetime('2026-11-26 03:49:33.5+01:00')).toBe(Date.UTC(2026, 10, 26, 2, 49, 33, 500));
    expect(parsePythonDatetime('yesterday')).toBeUndefined();
  });
});
