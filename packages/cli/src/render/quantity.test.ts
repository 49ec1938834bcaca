import { expect, it } from 'vitest';
import { renderBytes, renderCount, renderDuration, renderRate } from './quantity.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [2_004_112, '2,004,112'],
])('count %d is %s', (count, text) => expect(renderCount(count)).toBe(text));

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_234, '1.2 kB'],
  [96_000_000, '96 MB'],
  [999_900_000, '1.0 GB'],
])('%d bytes are %s', (bytes, text) => expect(renderBytes(bytes)).toBe(text));

it.each([
  [95, '95/s'],
  [412_000, '412 k/s'],
])('rate %d is %s', (rate, text) => expect(renderRate(rate)).toBe(text));

it.each([
  [0, '0.0 s'],
  [812, '0.8 s'],
  [12_300, '12 s'],
  [184_000, '3 m 04 s'],
  [7_500_000, '2 h 05 m'],
])('%d ms are %s', (ms, text) => expect(renderDuration(ms)).toBe(text));
