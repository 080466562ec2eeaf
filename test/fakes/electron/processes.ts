/** Fakes of Electron's ports and utility processes, over Node's real channels and real child processes. */
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Crossing } from './parent-port.ts';

const SHIM = new URL('./parent-port.ts', import.meta.url).href;

export class FakeMessagePortMain extends EventEmitter {
  static readonly mirrors = 'MessagePortMain';
  /** The real port; whoever it is handed on to takes it from here. */
  readonly real: MessagePort;
  #handedOn = false;
  constructor(real: MessagePort) {
    super();
    this.real = real;
    real.once('close', () => !this.#handedOn && this.emit('close'));
  }
  postMessage(message: unknown, _transfer: FakeMessagePortMain[] = []) {
    this.real.postMessage(message);
  }
  start() {
    this.real.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  close() {
    this.real.close();
  }
  /** A control: Electron neuters a port that was transferred. */
  handOn(): MessagePort {
    if (this.#handedOn) throw new Error('Port at index 0 is already neutered');
    this.#handedOn = true;
    return this.real;
  }
}

export class FakeMessageChannelMain {
  static readonly mirrors = 'MessageChannelMain';
  readonly port1: FakeMessagePortMain;
  readonly port2: FakeMessagePortMain;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new FakeMessagePortMain(port1);
    this.port2 = new FakeMessagePortMain(port2);
  }
}

interface ForkOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdio?: unknown;
  readonly execArgv?: readonly string[];
  readonly serviceName?: string;
}

export class FakeUtilityProcess extends EventEmitter {
  static readonly mirrors = 'UtilityProcess';
  /** Controls: what was forked, and how. */
  readonly child: ChildProcess;
  readonly path: string;
  readonly options: ForkOptions;
  readonly #ports = new Map<number, MessagePort>();
  #next = 1;
  #spawned = false;

  constructor(path: string, args: readonly string[], options: ForkOptions) {
    super();
    this.path = path;
    this.options = options;
    this.child = fork(path, args, {
      serialization: 'advanced',
      execArgv: ['--import', SHIM, ...(options.execArgv ?? [])],
      env: options.env,
      stdio: [
        'ignore',
        options.stdio === 'pipe' ? 'pipe' : 'ignore',
        process.env['DAIMON_VERBOSE'] ? 'inherit' : 'ignore',
        'ipc',
      ],
    });
    this.child.once('spawn', () => {
      this.#spawned = true;
      this.emit('spawn');
    });
    this.child.on('message', (crossing: Crossing) => {
      if (crossing.t === 'message') this.emit('message', crossing.data);
      else if (crossing.t === 'port') this.#ports.get(crossing.id)?.postMessage(crossing.data);
      else this.#ports.get(crossing.id)?.close();
    });
    this.child.once('exit', (code) => {
      this.#spawned = false;
      for (const port of this.#ports.values()) port.close();
      // Of a signal Electron tells its number as the code.
      this.emit('exit', code ?? 9);
    });
  }
  get pid(): number | undefined {
    return this.#spawned ? this.child.pid : undefined;
  }
  get stdout() {
    return this.child.stdout;
  }
  kill(): boolean {
    return this.child.kill('SIGTERM');
  }
  postMessage(data: unknown, transfer: FakeMessagePortMain[] = []) {
    const ports = transfer.map((one) => {
      const id = this.#next++;
      const port = one.handOn();
      this.#ports.set(id, port);
      port.on('message', (message: unknown) => this.#send({ t: 'port', id, data: message }));
      port.once('close', () => {
        this.#ports.delete(id);
        this.#send({ t: 'close', id });
      });
      return id;
    });
    this.#send({ t: 'message', data, ports });
  }
  #send(crossing: Crossing) {
    if (this.child.connected) this.child.send(crossing, () => {});
  }
}

/** `utilityProcess`, and all that was forked by it. */
export function fakeUtilityProcess() {
  const forked: FakeUtilityProcess[] = [];
  return {
    forked,
    utilityProcess: {
      fork(modulePath: string, args: string[] = [], options: ForkOptions = {}) {
        const one = new FakeUtilityProcess(modulePath, args, options);
        forked.push(one);
        return one;
      },
    },
  };
}
