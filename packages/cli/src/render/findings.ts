import type { Finding, Verdict } from '@meltano/engine/diagnose/finding';
import type { Glyphs, Style } from './style.ts';
import { wrapHint, wrapText } from './wrap-text.ts';

/** Findings in order, each with what to type below it, and a last line that counts. */
export function renderFindings(
  findings: readonly Finding[],
  style: Style,
  glyphs: Glyphs,
  columns?: number,
): readonly string[] {
  const width = Math.max(0, ...findings.map((finding) => finding.subject.length));
  const markWidth = Math.max(glyphs.done.length, glyphs.failed.length);
  const indent = ' '.repeat(markWidth + 1 + width + 2);
  const marks: Readonly<Record<Verdict, string>> = {
    fine: style.green(glyphs.done.padEnd(markWidth)),
    advice: style.yellow('!'.padEnd(markWidth)),
    broken: style.red(glyphs.failed.padEnd(markWidth)),
  };
  const lines = findings.flatMap((finding) => {
    const where = placeText(finding);
    const subject = `${style.bold(finding.subject)}${' '.repeat(width - finding.subject.length)}`;
    const shape = { width: columns, hang: indent.length };
    return [
      ...wrapText(`${marks[finding.verdict]} ${subject}  ${finding.message}`, shape),
      ...(where === undefined ? [] : [`${indent}${style.cyan('-->')} ${where}`]),
      ...(finding.fix === undefined ? [] : fixLines(finding.fix, indent, style, columns)),
    ];
  });
  return [...lines, '', summary(findings, style)];
}

function fixLines(fix: string, indent: string, style: Style, width: number | undefined): readonly string[] {
  return wrapHint(`${indent}${style.green('fix:')} `, fix, { width, hang: indent.length + 5 });
}

function placeText({ place }: Finding): string | undefined {
  if (place === undefined) return undefined;
  return [place.file, place.line].filter((part) => part !== undefined).join(':');
}

function summary(findings: readonly Finding[], style: Style): string {
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  const [broken, advice, fine] = [count('broken'), count('advice'), count('fine')];
  const text = `${broken} broken, ${advice} worth a look, ${fine} fine`;
  if (broken > 0) return style.red(text);
  return advice > 0 ? style.yellow(text) : style.green(text);
}
