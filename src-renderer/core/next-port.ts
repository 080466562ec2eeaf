/** How a port comes into a page: as a message of its own preload. It stands alone, for the confirm window imports it too. */

/**
 * The next port that the preload hands in under this name. Only a message of this very page counts: a frame or another
 * window could send one too, if there were any.
 */
export function nextPort(name: string, view: Window = window): Promise<MessagePort> {
  return new Promise((resolve) => {
    const look = ({ source, origin, data, ports: [port] }: MessageEvent) => {
      if (source !== view || origin !== view.location.origin || data !== name || !port) return;
      view.removeEventListener('message', look);
      resolve(port);
    };
    view.addEventListener('message', look);
  });
}
