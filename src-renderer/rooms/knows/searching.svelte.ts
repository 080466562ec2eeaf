/** A search as it is typed: a pause for the keys, filters, older questions ended, results kept while one reads them. */
import type { DocumentKind, Hit } from '../../../src-main/library/door.ts';
import { isFault } from '../../../src-main/wire/index.ts';
import type { Id } from '../../../src-main/wire/schema.ts';
import type { Core } from '../../core/doors.ts';
import { notify, type Notified } from '../../core/notify.ts';
import { type sayKnows } from '../../messages/knows.ts';
import { spanOf, type Time } from './time.ts';

export type Group = keyof typeof sayKnows.group;
/** Kinds as people sort them. */
export const groups: Readonly<Record<Group, readonly DocumentKind[]>> = {
  documents: ['pdf', 'docx', 'odt'],
  notes: ['text', 'markdown'],
  mail: ['mail'],
  conversations: ['conversation'],
  web: ['html'],
  books: ['epub'],
  slides: ['pptx'],
  tables: ['csv', 'xlsx', 'json'],
  code: ['code'],
  pictures: ['image'],
};
export const groupNames = Object.keys(groups) as Group[];

/** Milliseconds without a key before a search is asked for: a word is rarely typed slower, letter by letter. */
const PAUSE = 250;
const FEW = 10;
const MOST = 50;

export interface Searching {
  query: string;
  /** The place that the page is about; it stands above the chosen ones. */
  within: Id | undefined;
  /** Chosen among all places; none: everywhere. */
  places: readonly Id[];
  groups: readonly Group[];
  time: Time;
  /** Whether what fits badly is shown too. */
  weak: boolean;
  /** Undefined while nothing is searched for, or nothing has been found out yet. */
  readonly hits: readonly Hit[] | undefined;
  /** The words that `hits` belong to. */
  readonly asked: string;
  /** An answer is still to come. */
  readonly looking: boolean;
  /** There may be more than is shown. */
  readonly more: boolean;
  readonly narrowed: boolean;
  readonly fault: Notified | undefined;
  /** The passage that was opened last, so that coming back leads to it. */
  opened: Hit | undefined;
  /** Asks at once. */
  now(): void;
  showMore(): void;
  /** Searches everywhere, for anything of any time. */
  widen(): void;
  /** Forgets what was searched for and found. */
  clear(): void;
}

export function openSearching({ core }: { core: Core }): Searching {
  let query = $state('');
  let within = $state.raw<Id>();
  let places = $state.raw<readonly Id[]>([]);
  let chosen = $state.raw<readonly Group[]>([]);
  let time = $state.raw<Time>({ kind: 'any' });
  let weak = $state(false);
  let limit = $state(FEW);
  let hits = $state.raw<readonly Hit[]>();
  let asked = $state('');
  let looking = $state(false);
  let fault = $state.raw<Notified>();
  let opened = $state.raw<Hit>();
  let typing: ReturnType<typeof setTimeout> | undefined;
  let asking = new AbortController();

  const stop = () => {
    clearTimeout(typing);
    asking.abort();
    asking = new AbortController();
  };
  const ask = async (words: string) => {
    const { signal } = asking;
    const kinds = chosen.flatMap((group) => groups[group]);
    const wanted = within ? [within] : places;
    try {
      const found = await core['library.search'](
        {
          query: words.slice(0, 2000),
          limit,
          ...(wanted.length > 0 && { places: [...wanted] }),
          ...(kinds.length > 0 && { kinds }),
          ...spanOf(time),
          ...(weak && { weak }),
        },
        signal,
      );
      if (signal.aborted) return;
      hits = found;
      asked = words;
      fault = undefined;
    } catch (error) {
      // A lost connection shows in the shell; what was found before stays.
      if (!signal.aborted && !isFault(error, 'closed')) fault = notify(error);
    } finally {
      if (!signal.aborted) looking = false;
    }
  };
  const schedule = (pause: number) => {
    stop();
    const words = query.trim();
    looking = words !== '';
    if (!words) {
      hits = fault = opened = undefined;
      asked = '';
    } else if (pause) typing = setTimeout(() => void ask(words), pause);
    else void ask(words);
  };
  const anew = () => {
    limit = FEW;
    schedule(0);
  };

  return {
    get query() {
      return query;
    },
    set query(next) {
      if (next === query) return;
      query = next;
      limit = FEW;
      weak = false;
      schedule(PAUSE);
    },
    get within() {
      return within;
    },
    set within(next) {
      if (next === within) return;
      within = next;
      anew();
    },
    get places() {
      return places;
    },
    set places(next) {
      places = next;
      anew();
    },
    get groups() {
      return chosen;
    },
    set groups(next) {
      chosen = next;
      anew();
    },
    get time() {
      return time;
    },
    set time(next) {
      time = next;
      anew();
    },
    get weak() {
      return weak;
    },
    set weak(next) {
      weak = next;
      anew();
    },
    get hits() {
      return hits;
    },
    get asked() {
      return asked;
    },
    get looking() {
      return looking;
    },
    get more() {
      return hits !== undefined && hits.length >= limit && limit < MOST;
    },
    get narrowed() {
      return places.length > 0 || chosen.length > 0 || time.kind !== 'any';
    },
    get fault() {
      return fault;
    },
    get opened() {
      return opened;
    },
    set opened(hit) {
      opened = hit;
    },
    now: () => schedule(0),
    showMore() {
      limit = MOST;
      schedule(0);
    },
    widen() {
      places = chosen = [];
      time = { kind: 'any' };
      anew();
    },
    clear() {
      query = '';
      within = undefined;
      places = chosen = [];
      time = { kind: 'any' };
      weak = false;
      limit = FEW;
      schedule(0);
    },
  };
}
