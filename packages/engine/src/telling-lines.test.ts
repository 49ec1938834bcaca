import { describe, expect, it } from 'vitest';
import { lastTellingLine, tellingEnd, tellingLines, tellingSentence } from './telling-lines.ts';

describe('tellingLines', () => {
  it('begins at the last error', () => {
    const output = [
      'Using Python 3.11.7 environment at: v',
      '\u001b[31merror\u001b[0m: No solution found when resolving dependencies',
      '  cause: Because target-x was not found in the package registry, it cannot be installed.',
      '',
      'hint: something general',
    ].join('\n');
    expect(tellingLines(output)).toEqual([
      'error: No solution found when resolving dependencies',
      'cause: Because target-x was not found in the package registry, it cannot be installed.',
    ]);
  });

  it('shows what the compiler said in a long block', () => {
    const frames = Array.from({ length: 40 }, (_, index) => `File "x.py", line ${index}`);
    const output = [
      'error: Failed to build `pkg==1`',
      'cause: exit status 1',
      ...frames,
      'src/x.c:1:10: fatal error: sql.h: No such file',
      ...frames,
      'error_in_build',
    ].join('\n');
    const lines = tellingLines(output);
    expect(lines[0]).toBe('error: Failed to build `pkg==1`');
    expect(lines).toContain('src/x.c:1:10: fatal error: sql.h: No such file');
    expect(lines.length).toBeLessThanOrEqual(8);
  });

  it('takes the end of an output without marks', () => {
    expect(tellingLines('a\nb\nc\nd\n')).toEqual(['b', 'c', 'd']);
  });
});

it.each([
  [
    'error: No solution found when resolving dependencies\n  cause: Because there is no version of x==9, it fails.\n',
    'No solution found when resolving dependencies: Because there is no version of x==9, it fails',
  ],
  ['  × No solution found:\n  ╰─▶ Because x is missing.\n', 'No solution found: Because x is missing'],
  ['ERROR: No matching distribution found for x\n', 'No matching distribution found for x'],
  ['', undefined],
])('tellingSentence of %j', (output, sentence) => {
  expect(tellingSentence(output)).toBe(sentence);
});

it.each([
  [['one', 'two'], 'two'],
  [[], undefined],
  [['  only this'], '  only this'],
  [
    [
      'Traceback (most recent call last):',
      '  File "tap.py", line 3, in main',
      '    connect()',
      '    ^^^^^^^^^',
      'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) FATAL: password authentication failed',
      '(Background on this error at: https://sqlalche.me/e/20/e3q8)',
    ],
    'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) FATAL: password authentication failed',
  ],
  [
    [
      'sqlalchemy.exc.ProgrammingError: relation "x" does not exist',
      '[SQL: SELECT a',
      'FROM x',
      'WHERE b = %(b)s]',
      "[parameters: {'b': 1}]",
      '(Background on this error at: https://sqlalche.me/e/20/f405)',
    ],
    'sqlalchemy.exc.ProgrammingError: relation "x" does not exist',
  ],
  [
    [
      '2026-01-01 10:00:00,000 | ERROR    | tap-x | No file matches a.csv code=files.not_found',
      '2026-01-01 10:00:00,001 | ERROR    | tap-x | Try: paths are relative to the working directory',
    ],
    '2026-01-01 10:00:00,000 | ERROR    | tap-x | No file matches a.csv code=files.not_found',
  ],
  [['Try: again'], 'Try: again'],
  [['[SQL: SELECT 1]', 'then something else'], 'then something else'],
])('of the last lines %j tells %j', (lines, telling) => {
  expect(lastTellingLine(lines)).toBe(telling);
});

describe('a program behind an extension of Meltano', () => {
  const broken = [
    '\u001b[0m07:13:19  Concurrency: 4 threads',
    '\u001b[0m07:13:19',
    '\u001b[0m07:13:19  \u001b[31mFailure in model broken (models/broken.sql)\u001b[0m',
    '\u001b[0m07:13:19    Runtime Error in model broken (models/broken.sql)',
    '  Binder Error: Referenced column "nope" not found',
    '\u001b[0m07:13:19',
    '\u001b[0m07:13:19  Done. PASS=1 WARN=0 ERROR=1 NO-OP=0 TOTAL=2',
    "error invoking dbt None        error_message='dbt invocation failed' returncode=1",
  ];

  it('tells what the program itself said', () => {
    expect(lastTellingLine(broken)).toBe('Failure in model broken (models/broken.sql)');
  });

  it('shows the reason from its beginning on, without colours and times', () => {
    expect(tellingEnd(broken)).toEqual([
      'Concurrency: 4 threads',
      'Failure in model broken (models/broken.sql)',
      '  Runtime Error in model broken (models/broken.sql)',
      '  Binder Error: Referenced column "nope" not found',
      'Done. PASS=1 WARN=0 ERROR=1 NO-OP=0 TOTAL=2',
    ]);
  });

  it('shows the last five lines where the last one tells, and eight at most', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    expect(tellingEnd(lines)).toEqual(lines.slice(-5));
    const frames = lines.map((line) => `  ${line}`);
    expect(tellingEnd(['ValueError: x', ...frames])).toHaveLength(8);
    expect(tellingEnd(['one', 'two'])).toEqual(['one', 'two']);
    expect(tellingEnd([])).toEqual([]);
  });
});
