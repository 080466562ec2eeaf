/** Core dumps are off for the process that asks, and for those it starts. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('a process that forbids dumps has a limit of 0, and so has its child', async () => {
  // Elsewhere nothing can be asked of the system, and the answer says so.
  if (process.platform !== 'linux') {
    const { forbidDumps } = await import('./dumps.ts');
    return expect(await forbidDumps()).toBe(false);
  }
  const script = `
    import { execFileSync } from 'node:child_process';
    const { forbidDumps } = await import(${JSON.stringify(new URL('./dumps.ts', import.meta.url).href)});
    const forbidden = await forbidDumps();
    const child = execFileSync('cat', ['/proc/self/limits'], { encoding: 'utf8' });
    console.log(JSON.stringify({ forbidden, child: /^Max core file size +0 +0 /m.test(child) }));`;
  const node = [process.execPath, '--input-type=module', '-e', script];
  // Begun with dumps allowed as far as this machine lets us, or the test would pass by itself.
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    'ulimit -S -c "$(ulimit -H -c)"; exec "$@"',
    'sh',
    ...node,
  ]);
  expect(JSON.parse(stdout)).toEqual({ forbidden: true, child: true });
});
