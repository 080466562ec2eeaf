/** The contract over every carrier: real ports, a real child process, a real WebSocket, a real local socket. */
import { forked, linePair, portPair, served, socketPair } from '../../test/compliance/carriers.ts';
import { wireCompliance } from '../../test/compliance/wire.ts';

wireCompliance('a message port', () => served(portPair()), { text: false, runs: 100 });
wireCompliance('a child process', forked, { text: false, runs: 16 });
wireCompliance('a web socket', () => served(socketPair()), { text: true });
wireCompliance('a web socket that listens at the caller’s end', () => served(socketPair(true)), {
  text: true,
  runs: 16,
});
wireCompliance('a local socket', () => served(linePair()), { text: true });
wireCompliance('a local socket that listens at the caller’s end', () => served(linePair(true)), {
  text: true,
  runs: 16,
});
