/** The words of Chat and of Markdown, in English. Numbers and dates go through Intl where they are drawn. */

const number = new Intl.NumberFormat('en');
const plural = new Intl.PluralRules('en');
const count = (n: number, one: string, other: string) =>
  `${number.format(n)} ${plural.select(n) === 'one' ? one : other}`;

export const chat = {
  // Markdown
  code: 'Code',
  codeIn: (language: string) => (language ? `${language} code` : 'Code'),
  copy: 'Copy',
  copied: 'Copied',
  copyCode: 'Copy code',
  table: 'Table',
  moreRows: (n: number) => `Show ${count(n, 'more row', 'more rows')}`,
  picture: (alt: string) => (alt ? `Picture, not loaded: ${alt}` : 'Picture, not loaded:'),
  taskDone: 'Done',
  taskOpen: 'Not done',
  openLink: (host: string) => `Open ${host}?`,
  openLinkWhy:
    'This address comes from a model’s answer. Opening it tells that site that you did, and whatever the address itself says.',
  openInBrowser: 'Open in the browser',
  cancel: 'Cancel',
} as const;
