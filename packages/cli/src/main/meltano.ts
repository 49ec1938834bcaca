import { enableCompileCache } from 'node:module';

enableCompileCache();
const { main } = await import('../cli.ts');
await main(process);
