/** Ten questions whose answer stands in exactly one of four passages: what "why" must find out. */
import type { Scorer } from '../engine/ports.ts';
import type { Id } from '../wire/schema.ts';
import { systemTurn } from './prompt.ts';
import { quote, type Passage } from './quoting.ts';
import { difference, weightOf, withoutMarks } from './why.ts';

const note = (name: string, heading: string | null, text: string) => ({ name, title: null, page: null, heading, text });
const NOTES = [
  note(
    'harbour.md',
    'History',
    'The harbour of Orlen was dug in 1847 by miners from the north. It froze over in the winter of 1903, and the ferry did not sail for eleven weeks. The lighthouse keeper at that time was Marta Illing.',
  ),
  note(
    'bees.txt',
    null,
    'We keep four hives behind the barn. Hive three swarmed on the 12th of May. Sugar water is two parts sugar to one part water, fed only until the lime trees bloom.',
  ),
  note(
    'contract.pdf',
    'Rent',
    'The monthly rent is 840 euros and is due on the third working day of each month. The deposit is three monthly rents. Pets other than small animals need written consent of the landlord.',
  ),
  note(
    'router.md',
    'Setup',
    'The router is a Fenwick R40. Hold the reset button for twelve seconds to restore factory settings. The admin page is at port 8088 and the guest network is called Sparrow.',
  ),
  note(
    'trip.txt',
    null,
    'On the second day we walked from Bramwick to the Tarn of Ollis, nine hours with the detour. Jonas lost his left boot in the bog. The hut warden charges six crowns for a bed.',
  ),
  note(
    'recipe.md',
    'Plum cake',
    'Beat 200 g butter with 150 g sugar, add four eggs, then 250 g flour. Lay the plums skin side down. Bake for 45 minutes at 180 degrees. Grandmother Ilse added cardamom instead of cinnamon.',
  ),
];

export interface Planted {
  readonly question: string;
  /** With numbers, as it would be kept. */
  readonly answer: string;
  readonly passages: readonly Passage[];
  /** The passage that has it. */
  readonly right: number;
}

const plant = (question: string, answer: string, notes: readonly number[], right: number): Planted => ({
  question,
  answer: `${answer} [${right}]`,
  passages: notes.map((i, n) => ({ ...NOTES[i]!, n: n + 1 })),
  right,
});

export const planted: readonly Planted[] = [
  plant('When was the harbour of Orlen dug?', 'The harbour of Orlen was dug in 1847.', [0, 4, 2, 3], 1),
  plant('Who kept the lighthouse then?', 'The lighthouse keeper was Marta Illing.', [4, 0, 1, 5], 2),
  plant('How much is the monthly rent?', 'The monthly rent is 840 euros.', [5, 1, 2, 0], 3),
  plant(
    'When may I keep a dog?',
    'Pets other than small animals need written consent of the landlord.',
    [1, 2, 4, 3],
    2,
  ),
  plant('What is the guest network called?', 'The guest network is called Sparrow.', [0, 5, 1, 3], 4),
  plant('How do I restore factory settings?', 'Hold the reset button for twelve seconds.', [5, 4, 3, 0], 3),
  plant('Which hive swarmed, and when?', 'Hive three swarmed on the 12th of May.', [1, 4, 0, 2], 1),
  plant('What does a bed in the hut cost?', 'A bed in the hut costs six crowns.', [2, 4, 5, 1], 2),
  plant('What did Jonas lose?', 'Jonas lost his left boot in the bog.', [4, 1, 3, 2], 1),
  plant('How long does the plum cake bake?', 'Bake it for 45 minutes at 180 degrees.', [0, 1, 4, 5], 4),
];

/** Weighs one case as `assistant.why` does. `differences` are those of each passage, in their order. */
export async function weighPlanted(scorer: Scorer, { question, answer, passages, right }: Planted) {
  const message = '01ARZ3NDEKTSV4RRFFQ69G5FAV' as Id;
  const score = async (without?: string) =>
    (
      await scorer.score(
        {
          model: 'planted',
          turns: [
            systemTurn('Wren'),
            { role: 'user', text: quote({ documents: [], passages, without, question, message }) },
          ],
          answer: withoutMarks(answer),
          session: 'why',
        },
        new AbortController().signal,
      )
    ).logs;
  const all = await score();
  const differences = new Map<number, number>();
  for (const { n, text } of passages.toReversed()) differences.set(n, difference(all, await score(text)));
  const weights = passages.map(({ n }) => weightOf(differences.get(n)!));
  return {
    differences: passages.map(({ n }) => differences.get(n)!),
    right: weights.every((weight, i) => weight === (i + 1 === right ? 'much' : 'none')),
  };
}
