/** The contract over every carrier: real ports, real child processes, a real WebSocket, a real local socket. */
import {
  forked,
  linePair,
  mainPortPair,
  portPair,
  served,
  socketPair,
  utility,
} from '../../test/compliance/carriers.ts';
import { wireCompliance } from '../../test/compliance/wire.ts';

/** Mutation tests run this thousands of times: the quickest carrier stands for all, each has tests of its own besides. */
const mutation = Boolean(process.env['DAIMON_MUTATION']);

wireCompliance('a message port', () => served(portPair()), { text: false, runs: mutation ? 8 : 100 });
if (!mutation) {
  wireCompliance('a web socket', () => served(socketPair()), { text: true });
  wireCompliance('a local socket', () => served(linePair()), { text: true });
  wireCompliance('a port of Electron’s main that comes later', () => served(mainPortPair()), { text: false, runs: 16 });
  wireCompliance('a utility process', utility, { text: false, runs: 16 });
  wireCompliance('a child process', forked, { text: false, runs: 16 });
  wireCompliance('a web socket, ends reversed', () => served(socketPair(true)), { text: true, runs: 16 });
  wireCompliance('a local socket, ends reversed', () => served(linePair(true)), { text: true, runs: 16 });
}
