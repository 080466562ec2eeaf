/** The question set holds together: quotes stand in what the real readers read, and nobody chose what is held back. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { cutPart } from '../../src-main/library/shelf/cut.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { openCorpusReader } from '../questions/corpus.ts';
import { answers, contentWords, documentFiles, documentsFolder, readQuestions } from '../questions/questions.ts';

const questions = readQuestions();
const files = documentFiles();
/** Of each file the texts of its passages, as they will be found. */
const passages = new Map<string, string[]>();

beforeAll(async () => {
  using folder = temporaryFolder();
  const reader = openCorpusReader(folder.path);
  for (const file of files) {
    const texts: string[] = [];
    for await (const told of reader.parts(file)) {
      expect(told.kind, `${file} is read whole`).not.toBe('refused');
      if (told.kind === 'part') for (const { text } of cutPart(told.part)) texts.push(text);
    }
    passages.set(file, texts);
  }
  await reader.close();
});

test('there are as many documents, formats and questions as the figures need', () => {
  expect(files.length).toBeGreaterThanOrEqual(40);
  expect(new Set(files.map((file) => file.slice(file.indexOf('.')))).size).toBeGreaterThanOrEqual(6);
  expect(files.filter((file) => file.startsWith('own/')).length * 3).toBeLessThanOrEqual(files.length);
  expect(files.reduce((sum, file) => sum + statSync(join(documentsFolder, file)).size, 0)).toBeLessThan(4_000_000);
  const count = (kind: string) => questions.filter((question) => question.kind === kind).length;
  expect(count('meaning')).toBeGreaterThanOrEqual(75);
  expect(count('exact')).toBeGreaterThanOrEqual(75);
  expect(count('none')).toBeGreaterThanOrEqual(30);
  expect(new Set(questions.map(({ question }) => question)).size).toBe(questions.length);
});

test('every document has an origin and a licence', () => {
  const table = readFileSync(fileURLToPath(new URL('../questions/licences.md', import.meta.url)), 'utf8');
  const rows = [...table.matchAll(/^\| `([^`]+)` +\|(?: [^|\n]+\|){4}$/gm)];
  const named = rows.map((row) => row[1]);
  expect(named).toEqual(files);
});

test('every quote stands in a passage of its file, and not in every other one', () => {
  for (const question of questions) {
    expect(question.answers.length === 0, question.question).toBe(question.kind === 'none');
    for (const answer of question.answers) {
      const texts = passages.get(answer.file) ?? [];
      const found = texts.filter((text) => answers({ ...question, answers: [answer] }, answer.file, text));
      expect(found.length, `${answer.file}: ${answer.quote}`).toBeGreaterThan(0);
      expect(found.length, `${answer.file}: ${answer.quote}`).toBeLessThanOrEqual(5);
    }
  }
});

test('who asks by meaning uses no word of the answer', () => {
  for (const { kind, question, answers: all } of questions)
    if (kind === 'meaning')
      for (const { quote } of all) {
        const theirs = contentWords(quote);
        expect(
          [...contentWords(question)].filter((word) => theirs.has(word)),
          question,
        ).toEqual([]);
      }
});

test('what is held back follows from the questions alone', () => {
  const kinds = Map.groupBy(questions, ({ kind, near }) => `${kind} ${near ?? ''}`);
  const hash = (text: string) => createHash('sha256').update(`held 1 ${text}`).digest('hex');
  for (const all of kinds.values()) {
    const ordered = [...all].sort((a, b) => (hash(a.question) < hash(b.question) ? -1 : 1));
    const third = Math.round(all.length / 3);
    expect(ordered.map(({ held }) => held)).toEqual(ordered.map((_, i) => i < third));
  }
});
