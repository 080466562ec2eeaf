/** The record against a packet capture: the same connections and the same bytes as went over the loopback interface. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { secureServer, testCertificate } from '../../../test/fakes/servers.ts';
import { openStore } from '../store/store.ts';
import { openDial } from './dial.ts';

interface Capture {
  /** One line a packet, as tcpdump prints it. */
  stop(): Promise<string[]>;
}

/** Undefined where there is no tcpdump or no right to use it. */
async function capture(filter: string): Promise<Capture | undefined> {
  const loopback = process.platform === 'darwin' ? 'lo0' : 'lo';
  const dump = spawn('tcpdump', ['-i', loopback, '-n', '-l', '--immediate-mode', '-B', '8192', filter]);
  let out = '';
  let said = '';
  dump.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ready = await new Promise<boolean>((resolve) => {
    dump.once('error', () => resolve(false));
    dump.once('exit', () => resolve(false));
    dump.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('listening on')) resolve(true);
    });
  });
  if (!ready) return undefined;
  return {
    async stop() {
      const exited = once(dump, 'close');
      dump.kill('SIGINT');
      await exited;
      expect(said).toContain('0 packets dropped by kernel');
      return out.split('\n').filter(Boolean);
    },
  };
}

test('dial.record equals a packet capture of the same minute', async (context) => {
  await using server = await secureServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: '/here' }).end();
    else response.end('x'.repeat(20_000));
  });
  const capturing = await capture(`tcp port ${server.port}`);
  if (!capturing) {
    console.log('no packet capture here: tcpdump or the right to use it is missing');
    return context.skip('no packet capture here');
  }
  using folder = temporaryFolder();
  const clock = settableClock();
  const log = keptLog();
  const store = await openStore({ file: folder.file('daimon.db'), key: randomBytes(32), clock, log });
  const settings = { cut: () => false, setCut: () => {} };
  const dialler = await openDial({ store, clock, log, settings, env: {}, ca: testCertificate });
  for (const path of ['here', 'away', 'here']) {
    const response = await dialler.dial.fetch(`https://localhost:${server.port}/${path}`, { reason: path });
    expect((await response.text()).length).toBe(20_000);
  }
  // The last packets of a closing connection.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const packets = await capturing.stop();
  const { connections } = await dialler.handlers['dial.record']({ limit: 200 }, new AbortController().signal);
  await dialler.close();
  await store.close();

  const starts = packets.filter((line) => line.includes('Flags [S],'));
  expect(starts).toHaveLength(connections.length);
  expect(connections).toHaveLength(4);
  // tcpdump prints `FROM > TO: Flags [..], seq a:b, … length n`; a retransmission would be counted twice, so by range.
  const sent = new Map<string, number>();
  for (const line of packets) {
    const [, from, to, end] = / ([\w:.]+)\.\d+ > [\w:.]+\.(\d+): Flags .* seq \d+:(\d+)/.exec(line) ?? [];
    if (!from) continue;
    const flow = / ([\w:.]+ > [\w:.]+):/.exec(line)![1]!;
    const direction = Number(to) === server.port ? `out ${flow}` : `in ${flow}`;
    // The first segment of a flow is printed with absolute numbers, later ones count from 1: the last end is the sum + 1.
    sent.set(direction, Math.max(sent.get(direction) ?? 0, Number(end) - 1));
  }
  const total = (way: string) =>
    [...sent].filter(([flow]) => flow.startsWith(way)).reduce((sum, [, bytes]) => sum + bytes, 0);
  expect(total('out')).toBe(connections.reduce((sum, { bytesOut }) => sum + bytesOut, 0));
  expect(total('in')).toBe(connections.reduce((sum, { bytesIn }) => sum + bytesIn, 0));
});
