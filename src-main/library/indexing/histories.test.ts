/** Whatever happens to files and places, in whatever order: counts add up, names are indexed, and what is findable is what is there. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settableClock } from '../../../test/fakes/clock.ts';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { keptLog } from '../../../test/fakes/log.ts';
import { random } from '../../../test/fixtures/mutants.ts';
import { idFactory } from '../../base/id.ts';
import type { Statement } from '../../base/ports.ts';
import { openStore } from '../../base/store/store.ts';
import { migrations } from '../schema.ts';
import { openFiles, type Next } from './files.ts';
import { openPlaces } from './places.ts';
import { countsAreTrue, key, openRoom } from './room.fixture.ts';

const runs = process.env['DAIMON_LONG'] ? 2000 : 60;
const steps = process.env['DAIMON_LONG'] ? 400 : 30;

test('counts add up after any history of the tables', async () => {
  using folder = temporaryFolder();
  const clock = settableClock(Date.now());
  const store = await openStore({ file: folder.file('daimon.db'), key, clock, log: keptLog() });
  await store.migrate('library', migrations);
  const places = openPlaces({ store, clock, ids: idFactory(clock) });
  const files = openFiles({ store, clock });
  const ids = Array.from({ length: 3 }, (_, i) => places.insert({ kind: 'folder', path: `/p${i}`, ocr: i === 1 }));
  const run = (...all: readonly Statement[]) => all.map(({ sql, params = [] }) => store.run(sql, ...params));
  const names = ['a.txt', 'b c.md', 'scan.png', '東京.txt', 'a\nb.txt', 'naïve.pdf'];
  const small = (most: number) => fc.nat({ max: most });
  const step = fc.record({
    what: fc.constantFrom('found', 'found', 'read', 'read', 'refused', 'later', 'gone', 'again', 'bare', 'move', 'ocr'),
    place: small(2),
    name: small(names.length - 1),
    n: small(5),
  });
  const content = (n: number): number => {
    store.run(
      `INSERT OR IGNORE INTO content (hash, how, complete, documents, bare) VALUES (?, '1', 1, ?, 0)`,
      `hash ${n}`,
      n,
    );
    return store.get<{ id: number }>('SELECT id FROM content WHERE hash = ?', `hash ${n}`)!.id;
  };
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (history) => {
      for (const { what, place, name, n } of history) {
        const id = ids[place]!;
        const path = `/shared/${names[name]!}`;
        const seen = { size: n, changedAt: n, inode: n };
        const [known] = files.known([path]);
        const next = known && ({ ...known, kind: 'folder', ocr: false, tries: 0, rank: 0 } satisfies Next);
        // The same path comes to another place as well, as when a larger folder takes over.
        if (what === 'found') run(files.found({ id, ocr: place === 1 }, { kind: 'file', path, ...seen }));
        else if (what === 'again') files.again(n > 2 ? { place: id } : {});
        else if (what === 'ocr') places.setOcr(id, n > 2);
        else if (what === 'bare') store.run('UPDATE content SET bare = ? WHERE id = ?', n > 2 ? n : 0, content(n % 3));
        else if (!next) continue;
        else if (what === 'read') run(...files.read(n > 4 ? { ...next, size: -1 } : next, content(n % 3), seen));
        else if (what === 'refused') run(files.refused(next, n > 2 ? 'picture-of-text' : 'unreadable', 'So.', seen));
        else if (what === 'later') run(files.later(next, { failed: true }));
        else if (what === 'gone') run(files.gone([next.id]));
        else store.run('UPDATE file SET place = ?, path = path WHERE id = ?', id, next.id);
        countsAreTrue(store);
      }
      // Throws when the index of names has a word of a file that is gone, or lacks one.
      store.run("INSERT INTO file_words (file_words, rank) VALUES ('integrity-check', 1)");
    }),
    { numRuns: runs, seed: 7 },
  );
  await store.close();
});

test('a folder that changes all the time comes to be findable as it is, once', async () => {
  using folder = temporaryFolder();
  const root = folder.file('docs');
  const below = random(20_261_124);
  const folders = ['', 'in', 'in/deep', 'other'];
  for (const one of folders) mkdirSync(`${root}/${one}`, { recursive: true });
  let made = 0;
  const there = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`);
  const any = () => there()[below(Math.max(1, there().length))];
  const fresh = () => `${root}/${folders[below(folders.length)]}/${made++}.txt`.replace('//', '/');
  await using room = await openRoom(folder.path);
  const { place } = await room.add({ path: root });
  let inside: string | undefined;
  for (let i = 0; i < steps; i++) {
    const old = any();
    switch (below(9)) {
      case 0:
      case 1:
      case 2:
        writeFileSync(fresh(), `Text ${i}.`);
        break;
      case 3:
        if (old) writeFileSync(old, `Changed ${i}.`);
        break;
      case 4:
        if (old) renameSync(old, fresh());
        break;
      case 5:
        if (old) rmSync(old);
        break;
      case 6:
        await (below(2) ? room.pause({}) : room.pause({ place }));
        break;
      case 7:
        await room.resume({});
        await room.resume({ place });
        break;
      default:
        // A smaller place in it is already part of it; taken out and asked for again it is one of its own.
        if (inside) await room.remove({ place: inside as typeof place });
        inside = undefined;
        if (i % 2) {
          await room.remove({ path: `${root}/in` }).catch((error: { code?: string }) => {
            expect(error.code).toBe('unknown-file');
          });
          const added = await room.add({ path: `${root}/in` });
          if (!added.known) inside = added.place;
          room.countsAreTrue();
        }
    }
    if (below(3) === 0) await new Promise((resolve) => setTimeout(resolve, below(120)));
    room.countsAreTrue();
  }
  await room.resume({});
  await room.resume({ place });
  const out = room.state().places.find(({ id }) => id === place)!.ignore;
  const wanted = there()
    .filter((path) => out.length === 0 || !path.startsWith(`${root}/in/`) || room.state().places.length > 1)
    .sort();
  await room.until(async () => {
    await room.wait();
    return (await room.files()).length === wanted.length;
  });
  await room.wait();
  expect((await room.files()).map(({ path }) => path).sort()).toEqual(wanted);
  expect(new Set(room.texts())).toEqual(new Set(wanted.map((path) => readFileSync(path, 'utf8'))));
  room.countsAreTrue();
  const { counts } = room.state();
  expect(counts.waiting + counts.read + counts.meaning + counts.refused).toBe(counts.files);
});
