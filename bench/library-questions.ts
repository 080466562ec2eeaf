/** How well the library finds: the shipped questions asked through readers, cutter, encrypted shelf and real embedder. */
import { READS } from '../src-main/engine/embedder-card.ts';
import type { Load } from '../src-main/engine/ports.ts';
import { openRunner } from '../src-main/engine/runner.ts';
import type { Embedder } from '../src-main/library/ports.ts';
import { engineHost, wallClock } from '../test/fakes/engine-host.ts';
import { keptLog } from '../test/fakes/log.ts';
import { MINILM_SHA256, needMinilm } from '../test/fixtures/real-model.ts';
import { openQuestionLibrary } from '../test/questions/library.ts';
import { askAll, qualityOf, refusalOf, type Asked } from '../test/questions/measure.ts';
import { readQuestions } from '../test/questions/questions.ts';
import type { Figure } from './figure.ts';

/** Points of recall that hybrid may be behind the better arm, and has to be ahead of words when asked by meaning. */
const BEHIND = 1;
const AHEAD = 15;

export async function questionFigures(): Promise<Figure[]> {
  const load: Load = {
    ...{ file: needMinilm(), sha256: MINILM_SHA256 as Load['sha256'], contextSize: READS, threads: 1, gpu: 'off' },
    ...{ memory: 0, budget: Number.MAX_SAFE_INTEGER, purpose: 'embed' },
  };
  const runner = openRunner({ host: engineHost(), log: keptLog(), clock: wallClock });
  try {
    return await figuresWith({
      embedderNow: () => ({ id: MINILM_SHA256, dimensions: 384 }),
      embed: async (texts, how, signal) => [...(await runner.embed(load, texts, how, signal))],
      onEmbedder: () => () => {},
    });
  } finally {
    await runner.close();
  }
}

async function figuresWith(embedder: Embedder): Promise<Figure[]> {
  await using library = await openQuestionLibrary(embedder);
  const asked = await askAll(library, readQuestions());
  const times = asked.map(({ ms }) => ms).sort((a, b) => a - b);
  return [
    { name: 'questions: passages searched', value: library.passages, unit: '' },
    { name: 'questions: a search, median', value: round(times[times.length >> 1]!, 1), unit: 'ms' },
    ...[false, true].flatMap((held) =>
      partFigures(
        held ? 'held' : 'tuning',
        asked.filter(({ question }) => question.held === held),
      ),
    ),
  ];
}

function partFigures(part: string, asked: readonly Asked[]): Figure[] {
  const figures: Figure[] = [];
  for (const kind of ['meaning', 'exact'] as const) {
    const these = asked.filter(({ question }) => question.kind === kind);
    const [words, vectors, hybrid] = (['words', 'meaning', 'both'] as const).map((arm) => qualityOf(these, arm));
    const title = `questions (${part}, ${kind === 'meaning' ? 'paraphrased' : 'exact'}, ${these.length})`;
    for (const [name, quality] of [
      ['words', words!],
      ['vectors', vectors!],
    ] as const)
      figures.push(
        percent(`${title}: ${name}, recall@10`, quality.recall),
        percent(`${title}: ${name}, hit@1`, quality.first),
        { name: `${title}: ${name}, MRR`, value: round(quality.mrr, 3), unit: '' },
      );
    const better = Math.max(words!.recall, vectors!.recall) * 100 - BEHIND;
    const above = kind === 'meaning' ? words!.recall * 100 + AHEAD : 0;
    const least = Math.max(better, above);
    const bound =
      kind === 'meaning'
        ? `≥ ${round(least, 1)} (better arm − ${BEHIND}, words + ${AHEAD})`
        : `≥ ${round(least, 1)} (better arm − ${BEHIND})`;
    figures.push(
      { ...percent(`${title}: hybrid, recall@10`, hybrid!.recall), bound, holds: hybrid!.recall * 100 >= least - 1e-9 },
      percent(`${title}: hybrid, hit@1`, hybrid!.first),
      { name: `${title}: hybrid, MRR`, value: round(hybrid!.mrr, 3), unit: '' },
    );
  }
  const { near, far, refused, lost, lit } = refusalOf(asked);
  const title = `questions (${part})`;
  figures.push(
    percent(`${title}: without an answer and far, answered with nothing`, far),
    percent(`${title}: without an answer but near, answered with nothing`, near),
    percent(`${title}: with an answer, answered with nothing`, refused),
    percent(`${title}: with an answer found, left out as weak`, lost),
    percent(`${title}: the sentence that lights up is of the answer`, lit),
  );
  return figures;
}

const percent = (name: string, share: number): Figure => ({ name, value: round(share * 100, 1), unit: '%' });
const round = (value: number, digits: number) => Number(value.toFixed(digits));
