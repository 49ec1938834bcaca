import { expect, it } from 'vitest';
import { normalizeOptionNames } from './option-names.ts';

it.each([
  [
    ['--log_level=debug', 'run', '--full_refresh', 'tap_x'],
    ['--log-level=debug', 'run', '--full-refresh', 'tap_x'],
  ],
  [
    ['invoke', '--print_var', 'A_B', 'tap', '--some_flag=x_y'],
    ['invoke', '--print-var', 'A_B', 'tap', '--some_flag=x_y'],
  ],
  [
    ['run', '--', '--a_b'],
    ['run', '--', '--a_b'],
  ],
  [
    ['state', 'set', 'x', '--input_file=a_b'],
    ['state', 'set', 'x', '--input-file=a_b'],
  ],
])('%j becomes %j', (given, wanted) => expect(normalizeOptionNames(given)).toEqual(wanted));
