import { parseJson } from '@meltano/foundation/json';
import { pythonRepr } from '@meltano/foundation/python-text';
import { createRedactor } from '@meltano/foundation/redact';
import { describe, expect, it } from 'vitest';
import { createLog } from './create-log.ts';
import { passesThreshold } from './level-filter.ts';
import { type LogLine, parseLogFormat, renderTimestamp } from './log-line.ts';
import { readPluginLine } from './plugin-line.ts';
import { renderLogLine } from './render-log-line.ts';

const at = Date.UTC(2026, 10, 26, 3, 52, 0, 59) + 0.257;
const runId = '01a215fb-4a2c-7d11-924e-1556c7256627';

function pluginLine(text: string, isStructured = false): LogLine {
  const fields = {
    stdio: 'stderr',
    consumer: false,
    producer: true,
    string_id: 'tap-x',
    cmd_type: 'elb',
    job_name: 'dev:tap-x-to-target-x',
    name: 'tap-x',
  };
  return readPluginLine({ at, level: 'info', text, fields, runId, type: 'extractors', isStructured });
}

const engineLine = (event: string, fields = {}): LogLine => ({ at, level: 'info', event, fields });

// Lines printed by Meltano 4.4.1 for the same events; of its own there are `_logger` and `_name`, which are left out.
describe('renderLogLine', () => {
  it.each([
    [
      'uncolored',
      engineLine("Environment 'dev' is active"),
      "2026-11-26T03:52:00.059257Z [info     ] meltano      Environment 'dev' is active",
    ],
    [
      'uncolored',
      pluginLine('plain line'),
      '2026-11-26T03:52:00.059257Z [info     ] tap-x        plain line',
    ],
    [
      'colored',
      engineLine('Using systemdb state backend'),
      '\u001b[2m2026-11-26T03:52:00.059257Z\u001b[0m [\u001b[32minfo     \u001b[0m] \u001b[36mmeltano     \u001b[0m \u001b[1mUsing systemdb state backend  \u001b[0m',
    ],
    ['plain', pluginLine('plain line'), 'plain line'],
    [
      'json',
      pluginLine('plain line'),
      `{"stdio": "stderr", "consumer": false, "producer": true, "string_id": "tap-x", "cmd_type": "elb", "job_name": "dev:tap-x-to-target-x", "name": "tap-x", "event": "plain line", "run_id": "${runId}", "level": "info", "timestamp": "2026-11-26T03:52:00.059257Z"}`,
    ],
    [
      'key_value',
      pluginLine('it\'s "done"'),
      `timestamp='2026-11-26T03:52:00.059257Z' level='info' event='it\\'s "done"' logger=None stdio='stderr' consumer=False producer=True string_id='tap-x' cmd_type='elb' job_name='dev:tap-x-to-target-x' name='tap-x' run_id='${runId}'`,
    ],
    [
      'key_value',
      engineLine('Done', { err: null, success: true }),
      "timestamp='2026-11-26T03:52:00.059257Z' level='info' event='Done' logger=None err=None success=True",
    ],
  ] as const)('%s', (format, line, text) => {
    expect(renderLogLine(line, format)).toBe(text);
  });

  it('the console shows the fields that are asked for, sorted', () => {
    const line = pluginLine('plain line');
    expect(renderLogLine(line, 'uncolored', { allKeys: true })).toBe(
      `2026-11-26T03:52:00.059257Z [info     ] tap-x        plain line                     cmd_type=elb consumer=False job_name=dev:tap-x-to-target-x producer=True run_id=${runId} stdio=stderr string_id=tap-x`,
    );
    expect(renderLogLine(line, 'uncolored', { includeKeys: ['stdio'], allKeys: true })).toMatch(
      /plain line {21}stdio=stderr$/,
    );
  });

  it('a whole number of Python stays one', () => {
    expect(renderLogLine(engineLine('x', { duration: parseJson('1.0') }), 'json')).toContain(
      '"duration": 1.0,',
    );
  });
});

describe('lines in the structure of the Singer SDK', () => {
  const head =
    '"level":"warning","pid":1,"logger_name":"tap_x","ts":1.5,"thread_name":"MainThread","app_name":"tap-x"';

  it('get their own level, message and fields', () => {
    const line = pluginLine(
      `{${head},"stream_name":"users","message":"structured é","extra":{"a":1,"b":"x y","c":null,"name":"other"}}`,
      true,
    );
    expect(line).toMatchObject({
      level: 'warning',
      event: 'structured é',
      logger: 'meltano.plugin.stderr.extractors.tap-x',
    });
    expect(renderLogLine(line, 'json')).toBe(
      `{"stdio": "stderr", "consumer": false, "producer": true, "string_id": "tap-x", "cmd_type": "elb", "job_name": "dev:tap-x-to-target-x", "pid": 1, "thread_name": "MainThread", "app_name": "tap-x", "a": 1, "b": "x y", "plugin_timestamp": 1.5, "name": "tap-x", "plugin_logger": "tap_x", "stream_name": "users", "event": "structured \\u00e9", "run_id": "${runId}", "level": "warning", "timestamp": "2026-11-26T03:52:00.059257Z"}`,
    );
  });

  it('need no stream name', () => {
    expect(pluginLine(`{${head},"message":"hello"}`, true)).toMatchObject({
      level: 'warning',
      event: 'hello',
    });
  });

  it.each(['{"level":"info","message":"not all of them"}', '{broken}', '[1]', 'plain'])(
    '%s stays as it is',
    (text) => {
      expect(pluginLine(text, true)).toMatchObject({ level: 'info', event: text });
      expect(pluginLine(`{${head},"message":"hello"}`)).toMatchObject({ level: 'info' });
    },
  );

  it('metrics and exceptions are shown on the console', () => {
    const metric = pluginLine(
      `{${head.replace('warning', 'info')},"message":"METRIC","extra":{"metric_info":{"metric":"record_count","value":3}}}`,
      true,
    );
    expect(renderLogLine(metric, 'uncolored')).toBe(
      '2026-11-26T03:52:00.059257Z [info     ] tap-x        METRIC                         metric_name=record_count metric_value=3',
    );
    const exception = {
      type: 'ValueError',
      module: 'builtins',
      message: 'bad',
      traceback: [{ filename: '/a/b.py', function: 'f', lineno: 3, line: 'raise' }],
      cause: null,
    };
    const failed = pluginLine(
      `{${head.replace('warning', 'error')},"message":"boom","exception":${JSON.stringify(exception)}}`,
      true,
    );
    expect(failed.fields['plugin_exception']).toEqual({
      type: 'ValueError',
      module: 'builtins',
      message: 'bad',
      traceback: exception.traceback,
    });
    const text = renderLogLine(failed, 'uncolored').split('\n');
    expect(text.at(-1)).toBe(
      '2026-11-26T03:52:00.059257Z [error    ] tap-x        boom                           plugin_exc_message=bad plugin_exc_type=ValueError',
    );
    expect(text).toContain('ValueError: bad');
    expect(text[0]).toContain('/a/b.py:3 in f');
  });
});

describe('the log', () => {
  it('takes secrets out of text and fields at any depth', () => {
    const lines: LogLine[] = [];
    const log = createLog({
      sinks: [(line) => lines.push(line)],
      redactor: createRedactor(['s3cr3t']),
      now: () => at,
    });
    log.log('info', 'password is s3cr3t', {
      nested: { list: ['s3cr3t', 1], address: 'postgres://me:pw123@host/db' },
      logger: 'meltano.x',
    });
    expect(JSON.stringify(lines)).not.toMatch(/s3cr3t|pw123/);
    expect(lines).toMatchObject([{ level: 'info', event: 'password is (redacted)', logger: 'meltano.x' }]);
  });

  it('levels, formats and times', () => {
    expect(['debug', 'info', 'critical'].map((level) => passesThreshold(level as 'debug', 'info'))).toEqual([
      false,
      true,
      true,
    ]);
    expect(passesThreshold('critical', 'disabled')).toBe(false);
    expect([parseLogFormat('key-value'), parseLogFormat('json'), parseLogFormat('xml')]).toEqual([
      'key_value',
      'json',
      undefined,
    ]);
    expect(renderTimestamp(at, true)).toMatch(/^2026-11-2\dT\d\d:\d\d:00\.059257$/);
  });
});

// Answers of Python 3.11.
describe('pythonRepr', () => {
  it.each([
    ["it's", '"it\'s"'],
    ['it\'s "x"', "'it\\'s \"x\"'"],
    ['a\nb\\\t', "'a\\nb\\\\\\t'"],
    ['é\u0007\u00a0', "'é\\x07\\xa0'"],
    [[1, 'two', null, true], "[1, 'two', None, True]"],
    [{ k: 1.5 }, "{'k': 1.5}"],
  ])('%j', (value, text) => {
    expect(pythonRepr(value)).toBe(text);
  });
});
