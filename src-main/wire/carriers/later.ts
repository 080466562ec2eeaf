/** A wire that is used before it is there: frames wait until the carrier has come, or end with it. */
import type { Frame, Wire } from '../frame.ts';
import { makeEnd } from './end.ts';

/** @param coming the carrier's wire; when it rejects, this one ends */
export function laterWire(coming: Promise<Wire>): Wire {
  const end = makeEnd();
  let waiting: Frame[] = [];
  let wire: Wire | undefined;
  coming.then(
    (come) => {
      if (end.ended) return come.close();
      wire = come;
      come.listen(
        (frame) => end.deliver(frame),
        () => end.end(),
      );
      for (const frame of waiting.splice(0)) come.post(frame);
    },
    () => end.end(),
  );
  return {
    post(frame) {
      if (end.ended) return;
      if (wire) wire.post(frame);
      else waiting.push(frame);
    },
    listen: (onFrame, onClose) => end.listen(onFrame, onClose),
    close() {
      waiting = [];
      end.end();
      wire?.close();
    },
  };
}
