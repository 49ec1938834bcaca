import { whitespace } from '../value/characters.ts';
import { isPrintableCharacter } from '../value/text.ts';
import { allLower, allUpper, isTitle } from './case.ts';
import { type Methods, methodsOf } from './method.ts';

/** Digits that are no decimal ones: superscripts, digits in circles. */
const otherDigits =
  '\\u00b2\\u00b3\\u00b9\\u1369-\\u1371\\u19da\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u2474-\\u247c\\u2488-\\u2490\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e\\u2780-\\u2788\\u278a-\\u2792';
const numerals = '一二三四五六七八九十百千万億兆零〇壱弐参拾壹贰貳叁參肆伍陆陸柒捌玖';

const alpha = /^\p{L}+$/u;
const decimal = /^\p{Nd}+$/u;
const digit = new RegExp(`^[\\p{Nd}${otherDigits}]+$`, 'u');
const numeric = new RegExp(`^[\\p{N}${numerals}]+$`, 'u');
const alphanumeric = new RegExp(`^[\\p{L}\\p{N}]+$`, 'u');
const space = new RegExp(`^[${whitespace}]+$`);
const identifier = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*$/u;

/** `isdigit` and its kin: true when the text is not empty and all of it is so. */
export const strTests: Methods = methodsOf<string>({
  isalpha: (self) => alpha.test(self),
  isdecimal: (self) => decimal.test(self),
  isdigit: (self) => digit.test(self),
  isnumeric: (self) => numeric.test(self),
  isalnum: (self) => alphanumeric.test(self),
  isspace: (self) => space.test(self),
  isascii: (self) => !/[^\0-\x7f]/.test(self),
  isidentifier: (self) => identifier.test(self.normalize('NFKC')),
  isprintable: (self) => Array.from(self).every(isPrintableCharacter),
  isupper: (self) => allUpper(self),
  islower: (self) => allLower(self),
  istitle: (self) => isTitle(self),
});
