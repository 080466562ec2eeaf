/** The store's worker thread: bulk queries on a connection of its own, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { wipe } from '../bytes.ts';
import type { Statement } from '../ports.ts';
import { ABORTED, STARTED, WAITING, type Reply, type Request } from './background.ts';
import { connectDatabase, type Connection, type ConnectionOptions } from './driver.ts';
import { transactions } from './transaction.ts';

/** Between rows, so that an abort is seen soon and costs next to nothing (an atomic load is a few nanoseconds). */
function collect(db: Connection, { statements, state }: Request): unknown[] {
  const rows: unknown[] = [];
  const { sql, params = [] } = statements[0]!;
  for (const row of db.each(sql, params)) {
    if (Atomics.load(state, 0) === ABORTED) break;
    rows.push(row);
  }
  return rows;
}

function runAll(db: Connection, statements: readonly Statement[]) {
  let changes = 0;
  for (const { sql, params = [] } of statements) changes += db.run(sql, params).changes;
  return { changes };
}

function answer(db: Connection, request: Request): unknown {
  if (request.kind === 'all') return collect(db, request);
  if (request.kind === 'run') return runAll(db, request.statements);
  return transactions(db).transaction(() => runAll(db, request.statements));
}

const port = parentPort!;
const options = workerData as ConnectionOptions;
const db = connectDatabase(options);
wipe(options.key);

port.on('message', (request: Request | 'close') => {
  if (request === 'close') {
    db.close();
    port.close();
    return;
  }
  const { id, state } = request;
  if (Atomics.compareExchange(state, 0, WAITING, STARTED) === ABORTED) return;
  let reply: Reply;
  try {
    reply = { id, value: answer(db, request) };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    reply = { id, error: { message, ...(code !== undefined && { code }) } };
  }
  port.postMessage(reply);
});
