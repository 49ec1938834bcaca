import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { identifyProcess, judgeProcess } from './process-identity.ts';

describe('judgeProcess', () => {
  it('this one lives', async () => {
    const identity = await identifyProcess(process.pid);
    expect(await judgeProcess(identity)).toBe('alive');
  });

  it('one that has ended is dead, also before its parent has noticed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const identity = await identifyProcess(child.pid ?? 0);
    expect(await judgeProcess(identity)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await judgeProcess(identity)).toBe('dead');
  });

  it('another one with the same number is not the same', async () => {
    const identity = await identifyProcess(process.pid);
    expect(await judgeProcess({ ...identity, processStart: '1' })).toBe('dead');
  });

  it('nothing can be said of another host, boot or namespace', async () => {
    const identity = await identifyProcess(process.pid);
    expect(await judgeProcess({ ...identity, host: 'elsewhere' })).toBe('unknown');
    expect(await judgeProcess({ ...identity, bootId: 'another' })).toBe('unknown');
    expect(await judgeProcess({ ...identity, processStart: '' })).toBe('unknown');
  });
});
