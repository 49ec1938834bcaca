/** `2004112` → `2,004,112`. */
export function renderCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Decimal units with two digits that matter: `96 MB`, `1.2 GB`, `512 B`. */
export function renderBytes(bytes: number): string {
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/** `412 k/s`, `95/s`. */
export function renderRate(perSecond: number): string {
  return `${scaled(perSecond, ['', 'k', 'M', 'G']).trimEnd()}/s`;
}

function scaled(value: number, units: readonly string[]): string {
  let at = 0;
  let left = value;
  while (left >= 999.5 && at < units.length - 1) {
    left /= 1000;
    at += 1;
  }
  const digits = at > 0 && left < 9.95 ? left.toFixed(1) : String(Math.round(left));
  return `${digits} ${units[at] ?? ''}`;
}

/** `0.8 s`, `12 s`, `3 m 04 s`, `2 h 05 m`. */
export function renderDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
}
