/** The names that a header gives: nameless columns are numbered, and repeated names told apart. */
export function columnNames(fields: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return fields.map((field, at) => {
    const plain = field.trim() === '' ? `column_${at + 1}` : field.trim();
    let name = plain;
    for (let number = 2; taken.has(name); number += 1) name = `${plain}_${number}`;
    taken.add(name);
    return name;
  });
}
