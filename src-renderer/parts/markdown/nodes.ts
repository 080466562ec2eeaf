/** What Markdown becomes: a small closed set of typed nodes. Whatever is not here cannot reach the page. */

/** An address that may be opened after asking: http or https only, as the URL parser understood it. */
export interface Address {
  readonly href: string;
  /** In ASCII (punycode), so that look-alike letters show. */
  readonly host: string;
}

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'em' | 'strong' | 'strike'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly to: Address; readonly bare: boolean; readonly children: readonly Inline[] }
  | { readonly kind: 'image'; readonly alt: string; readonly address: string }
  /** `raw` is what stands there while it cannot be set: the source with its marks. */
  | { readonly kind: 'formula'; readonly source: string; readonly display: boolean; readonly raw: string }
  | { readonly kind: 'break' };

export interface Item {
  /** Task lists only. */
  readonly checked: boolean | undefined;
  readonly children: readonly Block[];
}

export type Align = 'start' | 'center' | 'end';

export interface Table {
  readonly kind: 'table';
  readonly align: readonly Align[];
  readonly head: readonly (readonly Inline[])[];
  readonly rows: readonly (readonly (readonly Inline[])[])[];
}

export type Block =
  /** `tight` text stands in a list item without a paragraph of its own. */
  | { readonly kind: 'paragraph'; readonly tight: boolean; readonly children: readonly Inline[] }
  /** Level on the page: an answer's own title is an h2, so its headings begin at 3. */
  | { readonly kind: 'heading'; readonly level: 3 | 4 | 5 | 6; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly start: number; readonly items: readonly Item[] }
  | { readonly kind: 'formula'; readonly source: string; readonly raw: string }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  | Table
  | { readonly kind: 'rule' };
