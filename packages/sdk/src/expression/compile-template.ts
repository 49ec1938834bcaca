import type { Run } from './compiling.ts';
import { fail } from './failure.ts';
import { maxTextLength } from './limits.ts';
import type { Node, TemplateNode, TemplatePart } from './syntax/node.ts';
import { formatValue } from './value/format.ts';
import { textOf } from './value/text.ts';

type ToText = (frame: Parameters<Run>[0]) => string;

/** An f-string. */
export function compileTemplate({ parts }: TemplateNode, run: (node: Node) => Run): Run {
  return compileParts(parts, run);
}

function compileParts(parts: readonly TemplatePart[], run: (node: Node) => Run): ToText {
  const texts = parts.map((part) => compilePart(part, run));
  return (frame) => {
    let whole = '';
    for (const text of texts) {
      whole += text(frame);
      if (whole.length > maxTextLength) fail('IterableTooLong', 'the text is too long');
    }
    return whole;
  };
}

function compilePart(part: TemplatePart, run: (node: Node) => Run): ToText {
  if (typeof part === 'string') return () => part;
  const value = run(part.value);
  if (part.format === undefined) return (frame) => textOf(value(frame));
  const format = compileParts(part.format, run);
  return (frame) => formatValue(value(frame), format(frame));
}
