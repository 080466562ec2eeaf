/** The words of each request: what a person reads before they approve, computed from the bytes to sign. */
import { createHash } from 'node:crypto';
import type { Address, Hex } from '../wire/schema.ts';
import { canonical } from './canonical.ts';
import type { Sheet } from './door.ts';
import { messageDigest } from './ethereum.ts';
import { visible, visibleText } from './visible.ts';

/** What a request is before it waits. The digest is the same for the same input, so that a terminal can repeat the call. */
export interface Draft {
  readonly digest: Hex;
  readonly sheet: Sheet;
  /** The sheet for a terminal. */
  readonly text: string;
}

const digestOf = (what: { readonly [key: string]: string | number }): Hex =>
  `0x${createHash('sha256').update(canonical(what)).digest('hex')}` as Hex;

const inText = (sheet: Sheet, message?: string) =>
  [
    sheet.lede,
    ...(message === undefined
      ? []
      : [
          '',
          ...visibleText(message)
            .split('\n')
            .map((line) => `  | ${line}`),
          '',
        ]),
    ...sheet.rows.map(({ term, text, small, warn }) => `${term}: ${[warn, text, small].filter(Boolean).join(' ')}`),
  ].join('\n');

const HERE = { strong: 'On this computer', rest: 'nothing leaves it' } as const;

export function signDraft({ message, account, address, name }: SignInput): Draft {
  const bytes = Buffer.byteLength(message, 'utf8');
  const hidden = visible(message).some((segment) => segment.hidden);
  const sheet: Sheet = {
    kind: 'sign',
    where: HERE,
    title: `Sign this message as ${name}?`,
    lede: 'Whoever gets the signature can show that you agreed to exactly these words. Read them; another program may have written them.',
    message: visible(message),
    rows: [
      {
        term: 'You give',
        text: `A signature over this message, ${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`,
        ...(hidden && { small: 'It holds characters that cannot be seen; each is marked in the text above.' }),
      },
      { term: 'You get', text: 'The signature, handed to the program that asked. No money moves.' },
      {
        term: 'To whom',
        text: 'Anyone who receives it can check that you signed',
        small: `Your account ${account + 1}, ${address}`,
      },
      { term: 'Can it be undone?', warn: 'No.', text: 'A signature that was handed out stays valid.' },
    ],
    approve: 'Sign',
  };
  return {
    digest: digestOf({ kind: 'sign', account, digest: messageDigest(message) }),
    sheet,
    text: inText(sheet, message),
  };
}
export interface SignInput {
  readonly message: string;
  readonly account: number;
  readonly address: Address;
  readonly name: string;
}

export function wordsDraft({ seal, name }: { readonly seal: string; readonly name: string }): Draft {
  const sheet: Sheet = {
    kind: 'words',
    where: HERE,
    title: `Show the 24 words of ${name}?`,
    lede: 'They are your keys in writing. Look around first: nobody else should see this screen, and no camera.',
    rows: [
      { term: 'You get', text: '24 words to write down or print. They bring all your keys back on any computer.' },
      { term: 'You give', text: 'Your password once more' },
      {
        term: 'To whom',
        text: 'Only to this window',
        small: 'Neither chat nor assistant sees them; nothing is saved.',
      },
      {
        term: 'Can it be undone?',
        warn: 'No.',
        text: 'Whoever has read the words has your keys. Lost words and a lost password mean that all is lost.',
      },
    ],
    approve: 'Show the words',
  };
  return { digest: digestOf({ kind: 'words', seal }), sheet, text: inText(sheet) };
}

export function restoreDraft({ name }: { readonly name: string | undefined }): Draft {
  const sheet: Sheet = {
    kind: 'restore',
    where: HERE,
    title: name ? `Restore ${name} with your 24 words` : 'Restore with your 24 words',
    lede: name
      ? 'The words set the new password that you have just chosen. Everything here is kept.'
      : 'The words bring your keys back, with the same addresses. Conversations come back from this computer or a backup only.',
    rows: [
      { term: 'You give', text: '24 words, in their order. They stay in this window and in the signer.' },
      {
        term: 'Can it be undone?',
        text: name
          ? 'Yes. The vault file before it is kept beside it as vault.json.backup.'
          : 'Yes. Nothing here is replaced; a new vault is made around your keys.',
      },
    ],
    approve: 'Restore',
  };
  return { digest: digestOf({ kind: 'restore', name: name ?? '' }), sheet, text: inText(sheet) };
}
