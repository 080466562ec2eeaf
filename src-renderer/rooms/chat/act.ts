/** What can be done with a message on the page, as its words say it; the Log does it. */
import type { Entry } from './branch.ts';

export type Act =
  | { readonly do: 'edit' | 'again' | 'go-on' | 'from' | 'compare'; readonly entry: Entry }
  /** Shows another version of a message. */
  | { readonly do: 'walk'; readonly entry: Entry; readonly to: string }
  /** It cannot be done now; the sentence says why. */
  | { readonly do: 'refuse'; readonly entry: Entry; readonly why: string };
