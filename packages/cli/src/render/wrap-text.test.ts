import { expect, it } from 'vitest';
import { createStyle } from './style.ts';
import { wrapHint, wrapText } from './wrap-text.ts';

it('breaks between words, and hangs what follows', () => {
  expect(wrapText('one two three four five six', { width: 20, hang: 2 })).toEqual([
    'one two three four',
    '  five six',
  ]);
  expect(wrapText('  indented text that goes on', { width: 20, hang: 4 })).toEqual([
    '  indented text that',
    '    goes on',
  ]);
  expect(wrapText('see it with `meltano list`', { width: 20 })).toEqual(['see it with', '`meltano list`']);
  expect(wrapText('a\nb', { width: 20 })).toEqual(['a', 'b']);
});

it('leaves a text alone where there is no terminal, and a word that is longer than a line', () => {
  const path = `/${'x'.repeat(40)}`;
  expect(wrapText(`see ${path} there\nyes`, { width: undefined })).toEqual([`see ${path} there\nyes`]);
  expect(wrapText(`see ${path} there`, { width: 20, hang: 2 })).toEqual(['see', `  ${path}`, '  there']);
});

it('counts no colours', () => {
  const { red } = createStyle(true);
  expect(wrapText(`${red('error:')} fourteen more`, { width: 20 })).toHaveLength(1);
});

it('keeps a command that is to be typed on one line', () => {
  const shape = { width: 30, hang: 7 };
  const command = 'meltano config set tap-postgres port 5432';
  expect(wrapHint('  fix: ', command, shape)).toEqual([`  fix: ${command}`]);
  expect(wrapHint('  fix: ', `check the network, or type: ${command}`, shape)).toEqual([
    '  fix: check the network, or',
    '       type:',
    `       ${command}`,
  ]);
  expect(wrapHint('  fix: ', 'meltano plugin list shows what there is in this project', shape)).toEqual([
    '  fix: meltano plugin list',
    '       shows what there is in',
    '       this project',
  ]);
});
