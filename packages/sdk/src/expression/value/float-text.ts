/** A float as Python's `repr` shows it: `1.0`, `1e+16`, `1e-07`, `inf`, `nan`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) return `${digits}e${signed(exponent)}`;
  // JavaScript writes numbers from 1e-6 to 1e21 without an exponent.
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** The exponent of a float: a sign and at least two digits. */
export function signed(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
