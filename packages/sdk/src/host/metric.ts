/** A count of records as the Meltano SDK logs it. */
export function recordCountMetric(stream: string, value: number): string {
  return `METRIC: ${JSON.stringify({ type: 'counter', metric: 'record_count', value, tags: { stream } })}`;
}
