import { connectors as duck } from '@meltano/connector-duckdb';
import { connectors as files } from '@meltano/connector-files';

const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((r) => {
      const t = setTimeout(r, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(t);
        r();
      });
    }),
};
const log = { log() {} };
const ctx = { log, clock, signal: new AbortController().signal } as any;
const [mode, keys, typed] = process.argv.slice(2);
const schema = typed
  ? {
      id: { type: ['integer'] },
      b: { type: ['string', 'null'], format: 'date-time' },
      c: { type: ['number', 'null'] },
      d: { type: ['boolean', 'null'] },
      i: { type: ['integer', 'null'] },
    }
  : {};
const config = {
  files: [{ entity: 'big', path: '/tmp/b-scratch/big.csv', keys: keys ? ['id'] : [], schema }],
};
let peak = 0;
const iv = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
const t0 = performance.now();
const t: any = await (files['tap-csv'] as any).open({ ...ctx, config });
if (mode === 'none') {
  let n = 0;
  for await (const i of t.read('record')) n += i.records?.length ?? 0;
} else {
  const g: any = await (duck['target-duckdb'] as any).open({
    ...ctx,
    config: { path: '/tmp/b-scratch/perf.duckdb', load_method: mode },
  });
  await g.load(t.read('record'), { acknowledge: async () => {} });
  await g.close();
}
const s = (performance.now() - t0) / 1000;
clearInterval(iv);
console.log(
  process.argv.slice(2).join(' '),
  s.toFixed(2),
  's',
  (1e6 / s / 1000).toFixed(0),
  'k/s',
  'cpu',
  (process.cpuUsage().user / 1e6).toFixed(1),
  'rss',
  (peak / 1e6).toFixed(0),
);
