/** A parser that was taken over: what it tries from inside the reader process, and what it reaches. Imported by entries. */
/* eslint-disable @typescript-eslint/no-explicit-any, no-new-func -- an attacker minds no types and no rules */
import { createRequire } from 'node:module';
import type { Wire } from '../wire/index.ts';
import { collect } from './intake.ts';
import type { Reading } from './readers/reading.ts';
import { serveReader } from './process-serve.ts';
import type { ReadParts, ReadWhole, Told } from './process-door.ts';

/** What a test tells it to reach. */
export interface Targets {
  /** A server on loopback that counts who came, and the same behind a socket file. */
  readonly port: number;
  readonly socket: string;
  /** Files it must not see: one of the system, one of the person's, a native library. */
  readonly files: readonly string[];
  readonly json: string;
  readonly addon: string;
  /** A process to send a signal to. */
  readonly pid: number;
}
type Attempt = (targets: Targets) => unknown;

// Names in variables: nothing here may be resolved before it is tried.
const load = (name: string): Promise<Record<string, never>> => import(name);
const need = (name: string): any => createRequire(import.meta.url)(name);
const builtin = (name: string): any => (process as any).getBuiltinModule(name);
const connected = (net: any, port: unknown) =>
  new Promise((resolve, reject) => net.connect(port).once('connect', resolve).once('error', reject));

const FILES: Record<string, Attempt> = {
  'a file by import': async ({ files }) => ((await load('node:fs')) as any).readFileSync(files[0]),
  'a file of the person': async ({ files }) => ((await load('fs')) as any).readFileSync(files[1]),
  'a file by promise': async ({ files }) => ((await load('fs/promises')) as any).readFile(files[0]),
  'a file by require': ({ files }) => need('fs').readFileSync(files[0]),
  'a file by getBuiltinModule': ({ files }) => builtin('fs').readFileSync(files[1]),
  'a file by binding': () => (process as any).binding('fs').internalModuleStat,
  'a file as a module': ({ json }) => need(json),
  'a file as an imported module': ({ json }) => import(json, { with: { type: 'json' } }),
  'writing a file': ({ json }) => builtin('fs').writeFileSync(json, '{}'),
  'the environment': () => process.env['DAIMON_DATA'] ?? Promise.reject(new Error('nothing')),
};
const NETWORK: Record<string, Attempt> = {
  'a socket': async ({ port }) => connected(await load('node:net'), port),
  'a socket by require': ({ port }) => connected(need('net'), port),
  'a socket by Module._load': ({ port }) => connected(moduleClass()._load('node:net', null, false), port),
  'a socket by getBuiltinModule': ({ port }) => connected(builtin('net'), port),
  'a socket by the class of stdout': ({ port }) => connected(new (process.stdout as any).constructor(), port),
  fetch: ({ port }) => (globalThis as any).fetch(`http://127.0.0.1:${port}/`),
  'a request': async ({ port }) =>
    new Promise((resolve, reject) => builtin('http').get({ port }, resolve).on('error', reject)),
  'a name server': async () => ((await load('node:dns')) as any).promises.lookup('localhost'),
};
const SOCKET_FILE: Record<string, Attempt> = {
  'a socket file': async ({ socket }) => connected(await load('node:net'), socket),
};
const PROGRAMS: Record<string, Attempt> = {
  'a program': () => done(builtin('child_process').spawnSync('true')),
  'a program by require': () => done(need('child_process').spawnSync('true')),
  'a worker': () => new (builtin('worker_threads').Worker)('1', { eval: true }),
  'a native library': ({ addon }) => process.dlopen({ exports: {} }, addon),
  'a signal': ({ pid }) => process.kill(pid, 0),
  'an inspector': () => builtin('inspector').open(0),
  'a hook before ours': () => moduleClass().registerHooks({}),
};
const CODE: Record<string, Attempt> = {
  'code from a string': () => Function('return 1')(),
};
export const ATTEMPTS = { FILES, NETWORK, SOCKET_FILE, PROGRAMS, CODE };

const done = (result: { error?: Error }) => (result.error ? Promise.reject(result.error) : result);
const moduleClass = (): any => {
  const require = createRequire(import.meta.url);
  require('underscore');
  return Object.values(require.cache)[0]!.constructor;
};

async function attempt(targets: Targets): Promise<string> {
  const reached: string[] = [];
  for (const [group, attempts] of Object.entries(ATTEMPTS))
    for (const [name, reach] of Object.entries(attempts))
      try {
        await reach(targets);
        reached.push(`${group}: ${name}`);
      } catch {
        // Refused, one way or another.
      }
  return JSON.stringify(reached);
}

/** The text of the "document" says what to do. */
const readWhole: ReadWhole = async ({ bytes, size }): Promise<Reading> => {
  const [order, rest = ''] = new TextDecoder().decode(await collect(bytes, size)).split('\n');
  const answer = (text: string) => ({ kind: 'text' as const, text, characters: text.length });
  switch (order) {
    case 'attempt':
      return answer(await attempt(JSON.parse(rest) as Targets));
    case 'loop':
      for (;;);
    case 'wait':
      return new Promise(() => {});
    case 'heap': {
      const kept: unknown[] = [];
      for (;;) kept.push(new Array(4e6).fill(1.5));
    }
    case 'buffers': {
      const kept: unknown[] = [];
      // Asked for and never touched: nothing but a limit on what is asked for sees it.
      for (;;) kept.push(new Uint8Array(64 << 20));
    }
    case 'memory': {
      const kept: unknown[] = [];
      for (;;) kept.push(new Uint8Array(16 << 20).fill(1));
    }
    case 'exit':
      process.exit(3);
    case 'nonsense':
      return { kind: 'program', text: 7, characters: -1 } as never;
    case 'pid':
      return answer(String(process.pid));
    default:
      return answer('read');
  }
};

/** One conversation for each line of the "export"; a line may say what to do instead. */
async function* parseExport(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Told> {
  let rest = '';
  let n = 0;
  for await (const chunk of bytes) {
    rest += new TextDecoder('latin1').decode(chunk);
    const lines = rest.split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === 'hang') await new Promise(() => {});
      if (line === 'exit') process.exit(3);
      if (line === 'enough') return;
      if (line === 'refused') yield { kind: 'refused', why: 'It is broken.' };
      else {
        const messages = [{ id: 'm', parent: null, role: 'user' as const, text: line }];
        yield { kind: 'conversation', conversation: { from: 'chatgpt', id: String(n++), title: '', messages } };
      }
    }
  }
}

/** One part for each line, as above. */
const readParts: ReadParts = async function* ({ bytes }) {
  for await (const told of parseExport(bytes)) {
    if (told.kind === 'refused') yield told;
    else {
      const { text } = told.conversation.messages[0]!;
      yield text === 'nonsense'
        ? ({ kind: 'part', part: { kind: 'program', text: 7 } } as never)
        : { kind: 'part', part: { kind: 'text', text } };
    }
  }
};

export const serveEvil = (wire: Wire, walls: { permissions: boolean; network: boolean }): void =>
  serveReader({ wire, walls, readWhole, parseExport, readParts, exit: () => process.exit(0) });
