/** Fetches under way: one job a model, however many views look at it. */
import type { Jobs } from '../base/ports.ts';
import { topic, type Topic } from '../base/topic.ts';
import { Fault, type schema } from '../wire/index.ts';
import { catalogueEntry, type Entry } from './catalogue.ts';
import type { Fetching } from './door.ts';
import { fetchEntry, type FetchNeeds, type FetchSettings } from './fetch.ts';
import type { Kept, Models } from './models.ts';

type Bytes = Extract<Fetching, { kind: 'bytes' }>;
interface UnderWay {
  readonly job: schema.Id;
  readonly news: Topic<Bytes>;
  readonly result: Promise<Kept>;
  last?: Bytes;
}

export interface FetchesNeeds {
  readonly jobs: Jobs;
  readonly dial: FetchNeeds['dial'];
  readonly models: Models;
  readonly folder: string;
  readonly settings: FetchSettings;
  /** A model that came with daimon, if this is it: nobody is connected to then. */
  readonly shipped: (id: string, signal: AbortSignal) => Promise<Kept | undefined>;
  /** A model has arrived. */
  readonly arrived: (kept: Kept) => Promise<void>;
}

export function openFetches({ jobs, dial, models, folder, settings, shipped, arrived }: FetchesNeeds) {
  const underWay = new Map<string, UnderWay>();

  const begin = (entry: Entry): UnderWay => {
    const news = topic<Bytes>((_older, newer) => newer);
    const { id, result } = jobs.begin<Kept>({
      kind: 'engine.fetch',
      title: `Fetching ${entry.name}`,
      behindLock: true,
      async run(context) {
        const own = await shipped(entry.id, context.signal);
        if (own) {
          await arrived(own);
          return own;
        }
        const fetched = await fetchEntry({
          ...settings,
          ...{ dial, entry, folder, context },
          report({ bytes, total, source }) {
            context.progress({ done: bytes, total, unit: 'bytes', note: source });
            one.last = { kind: 'bytes', job: one.job, bytes, total, source };
            news.publish(one.last);
          },
        });
        const kept = await models.adopt(fetched.sha256, entry.id, context.signal);
        await arrived(kept);
        return kept;
      },
    });
    const one: UnderWay = { job: id as schema.Id, news, result };
    underWay.set(entry.id, one);
    const end = () => {
      underWay.delete(entry.id);
      news.end();
    };
    result.then(end, end);
    return one;
  };

  /** Begins a fetch, or joins the one under way; ends with the model. Leaving it stops nothing. */
  return async function* follow(
    id: string,
    signal: AbortSignal,
  ): AsyncGenerator<Bytes | { readonly kind: 'done'; readonly job: schema.Id; readonly kept: Kept }> {
    const entry = catalogueEntry(id);
    if (!entry)
      throw new Fault(
        'no-model',
        'There is no such model in the catalogue. engine.catalogue {} lists those there are.',
      );
    const one = underWay.get(id) ?? begin(entry);
    const news = one.news.listen(signal);
    if (one.last) yield one.last;
    yield* news;
    signal.throwIfAborted();
    yield { kind: 'done', job: one.job, kept: await one.result };
  };
}
