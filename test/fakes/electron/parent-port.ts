/** Loaded into a forked child before its own code: gives it `process.parentPort` and ports, as a utility process has. */
import { EventEmitter } from 'node:events';

/** What crosses Node's channel in place of what Chromium's pipes carry. */
export type Crossing =
  | { readonly t: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly t: 'port'; readonly id: number; readonly data: unknown }
  | { readonly t: 'close'; readonly id: number };

const send = process.send?.bind(process) as ((message: Crossing) => void) | undefined;

/** MessagePortMain: an emitter that keeps back what comes before `start`. */
class Port extends EventEmitter {
  readonly #id: number;
  #early: unknown[] | undefined = [];
  constructor(id: number) {
    super();
    this.#id = id;
  }
  deliver(data: unknown) {
    if (this.#early) this.#early.push(data);
    else this.emit('message', { data, ports: [] });
  }
  start() {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const data of early) this.emit('message', { data, ports: [] });
  }
  postMessage(data: unknown) {
    send!({ t: 'port', id: this.#id, data });
  }
  close() {
    ports.delete(this.#id);
    send!({ t: 'close', id: this.#id });
  }
}
const ports = new Map<number, Port>();

class ParentPort extends EventEmitter {
  #early: unknown[] | undefined = [];
  #flushing = false;
  override on(event: string, listener: (...args: never[]) => void): this {
    super.on(event, listener as never);
    if (event !== 'message' || this.#flushing) return this;
    this.#flushing = true;
    // Queued until a handler is registered: whoever comes a turn later has missed them.
    setImmediate(() => {
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const message of early) this.emit('message', message);
    });
    return this;
  }
  deliver(message: unknown) {
    if (this.#early) this.#early.push(message);
    else this.emit('message', message);
  }
  postMessage(data: unknown) {
    send!({ t: 'message', data, ports: [] });
  }
}

if (send) {
  const parentPort = new ParentPort();
  Object.assign(process, { parentPort, send: undefined });
  process.on('message', (crossing: Crossing) => {
    if (crossing.t === 'message') {
      const made = crossing.ports.map((id) => {
        const port = new Port(id);
        ports.set(id, port);
        return port;
      });
      parentPort.deliver({ data: crossing.data, ports: made });
    } else if (crossing.t === 'port') ports.get(crossing.id)?.deliver(crossing.data);
    else {
      ports.get(crossing.id)?.emit('close');
      ports.delete(crossing.id);
    }
  });
  // Chromium ends its children with itself, without a word.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
