import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonValue } from '@meltano/foundation/json';
import type { LogLevel } from '@meltano/foundation/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLoggingConfig } from './logging-config.ts';
import { type ConfiguredLogOptions, openConfiguredLog } from './open-configured-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meltano-logging-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Line = readonly [logger: string, level: LogLevel, event: string, at?: number];

/** What the lines come to on the two standard streams. */
function print(config: JsonValue, lines: readonly Line[], options: Partial<ConfiguredLogOptions> = {}) {
  const printed = { stdout: '', stderr: '' };
  const log = openConfiguredLog(parseLoggingConfig(config, 'logging.yaml'), {
    cwd: folder,
    writeStream: (stream, text) => {
      printed[stream] += text;
    },
    ...options,
  });
  for (const [logger, level, event, at = 0] of lines)
    log.sink({ at, level, event, fields: { name: 'tap-x', n: 1 }, logger });
  log.close();
  return printed;
}

const stderr = { class: 'logging.StreamHandler', stream: 'ext://sys.stderr', formatter: 'short' };
const formatters = { short: { format: '%(levelname)-8s|%(name)s|%(message)s' } };
const tap = 'meltano.plugin.stderr.extractors.tap-x';

describe('logging.yaml', () => {
  it('levels come from the nearest logger, and propagation ends where it says', () => {
    const config = {
      version: 1,
      formatters,
      handlers: { console: stderr, out: { ...stderr, stream: 'ext://sys.stdout', level: 'ERROR' } },
      loggers: {
        '': { level: 'INFO', handlers: ['console'] },
        'meltano.plugin': { level: 'WARNING', handlers: ['out'], propagate: false },
        [tap]: { level: 'DEBUG', handlers: ['console'] },
      },
    };
    const printed = print(config, [
      ['meltano', 'debug', 'hidden'],
      ['meltano', 'info', 'shown'],
      [tap, 'debug', 'own level'],
      ['meltano.plugin.stderr.loaders.x', 'info', 'hidden'],
      ['meltano.plugin.stderr.loaders.x', 'warning', 'below the handler'],
      ['meltano.plugin.stderr.loaders.x', 'error', 'error'],
    ]);
    expect(printed.stderr).toBe(`INFO    |meltano|shown\nDEBUG   |${tap}|own level\n`);
    expect(printed.stdout).toBe('ERROR   |meltano.plugin.stderr.loaders.x|error\n');
  });

  it('without a level the root shows warnings; a dry run shows all on the console', () => {
    const config = {
      formatters,
      handlers: {
        console: { ...stderr, level: 'INFO' },
        other: { ...stderr, level: 'INFO', stream: 'ext://sys.stdout' },
      },
      root: { handlers: ['console', 'other'] },
    };
    const lines: readonly Line[] = [
      ['meltano', 'debug', 'a'],
      ['meltano', 'info', 'b'],
      ['meltano', 'warning', 'c'],
    ];
    expect(print(config, lines).stderr).toBe('WARNING |meltano|c\n');
    const dry = print(config, lines, { debug: true });
    expect([dry.stderr.split('\n').length, dry.stdout.split('\n').length]).toEqual([4, 3]);
  });

  it('formats of Meltano', () => {
    const factory = (name: string, options = {}) => {
      const handler = { class: 'logging.StreamHandler', formatter: 'f' };
      const config = {
        formatters: { f: { '()': `meltano.core.logging.${name}`, ...options } },
        handlers: { h: handler },
        root: { level: 'DEBUG', handlers: ['h'] },
      };
      return print(config, [['meltano', 'info', 'hello']]).stderr;
    };
    expect(factory('console_log_formatter', { all_keys: true })).toBe(
      '1970-01-01T00:00:00.000000Z [info     ] tap-x        hello                          n=1\n',
    );
    expect(factory('json_formatter')).toBe(
      '{"name": "tap-x", "n": 1, "event": "hello", "level": "info", "timestamp": "1970-01-01T00:00:00.000000Z"}\n',
    );
    expect(factory('json_formatter', { preset: 'google-cloud-logging' })).toContain(
      '"message": "hello", "severity": "INFO"',
    );
    expect(
      factory('key_value_formatter', { key_order: ['event', 'x'], drop_missing: true, sort_keys: true }),
    ).toBe("event='hello' level='info' n=1 name='tap-x' timestamp='1970-01-01T00:00:00.000000Z'\n");
    expect(factory('plain_formatter', { fmt: '%(asctime)s %(message)s 100%%' })).toBe(
      '1970-01-01 00:00:00,000 hello 100%\n',
    );
  });

  it('files are appended to, and rotate by size and by time', () => {
    const file = (target: JsonValue) => ({
      formatters: {},
      handlers: { f: target },
      root: { level: 'INFO', handlers: ['f'] },
    });
    const append = file({ class: 'logging.FileHandler', filename: 'logs/a.log' });
    print(append, [['meltano', 'info', 'one']]);
    print(append, [['meltano', 'info', 'two']]);
    expect(readFileSync(join(folder, 'logs/a.log'), 'utf8')).toBe('one\ntwo\n');

    const lines = ['1111', '2222', '3333', '4444'].map((text): Line => ['meltano', 'info', text]);
    print(
      file({ class: 'logging.handlers.RotatingFileHandler', filename: 'r.log', maxBytes: 6, backupCount: 2 }),
      lines,
    );
    expect(['r.log', 'r.log.1', 'r.log.2'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
      '4444\n',
      '3333\n',
      '2222\n',
    ]);
    expect(existsSync(join(folder, 'r.log.3'))).toBe(false);

    print(
      file({
        class: 'logging.handlers.TimedRotatingFileHandler',
        filename: 't.log',
        when: 'H',
        backupCount: 1,
      }),
      [
        ['meltano', 'info', 'early', 0],
        ['meltano', 'info', 'late', 3_600_000],
      ],
    );
    expect(['t.log', 't.log.1'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
      'late\n',
      'early\n',
    ]);
  });

  it.each<[string, JsonValue, string]>([
    ['no mapping', [], 'the file is not a mapping'],
    [
      'a class',
      { handlers: { h: { class: 'x.KafkaHandler' } } },
      "handlers › h has the class 'x.KafkaHandler'",
    ],
    ['a formatter', { handlers: { h: { ...stderr, formatter: 'f' } } }, "names the formatter 'f'"],
    [
      'a factory',
      { formatters: { f: { '()': 'my.factory' } } },
      "formatters › f has the factory 'my.factory'",
    ],
    ['a handler', { root: { handlers: ['h'] } }, "loggers › root names the handler 'h'"],
    ['a level', { root: { level: 'LOUD' } }, "has the level 'LOUD'"],
    ['no file', { handlers: { h: { class: 'logging.FileHandler' } } }, "has no 'filename'"],
  ])('%s that is not known is a clear error', (_name, config, message) => {
    expect(() => parseLoggingConfig(config, 'logging.yaml')).toThrow(
      expect.objectContaining({ code: 'logs.invalid_config', message: expect.stringContaining(message) }),
    );
  });
});
