/** What the desktop shell adds to the window; in a browser there is none of it. Its preload fills this in. */
export interface Desktop {
  /** Asks for a port to the core; it comes as a message to this page (see `port.ts`). */
  connect(): void;
  /** Where a dropped or chosen file lies on this machine; undefined for what has no path. */
  pathOf(file: File): string | undefined;
  /** Opens an https address in the person's browser, after they said yes to it; anything else is dropped. */
  openLink(href: string): void;
  /** A place that a `daimon:` link, a notice or the tray asked for, as the window's fragment. */
  onPlace(on: (place: string) => void): () => void;
}

export const desktop = (view: Window = window): Desktop | undefined => (view as { daimon?: Desktop }).daimon;
