/** The encrypted store over the same library's plain SQLite: bulk insert, scan and single commit, both arms in turn. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Connection, type ConnectionOptions } from '../src-main/base/store/driver.ts';
import type { Figure } from './figure.ts';

const ROWS = 50_000;
const COMMITS = 300;
const READS = 5_000;
const SCANS = 5;
const ROUNDS = 7;
const ARMS = ['plain', 'aegis'] as const;
type Arm = (typeof ARMS)[number];

/** Milliseconds of each piece of work, the commits and reads for one. */
interface Times {
  insert: number;
  scan: number;
  commit: number;
  commitNormal: number;
  read: number;
}

/**
 * Measures both arms through the store's own driver, so with the same pragmas, page size, cache and statement reuse.
 * The order of the arms changes with each round; figures are medians of the rounds.
 *
 * What was tried (2 cores, ext4, virtual disk; ratio over plain of insert / scan / commit): 4 KiB pages with 2, 16 and
 * 64 MiB of cache 1.10 / 1.19 / 1.01, 1.08 / 1.23 / 1.01, 1.12 / 1.22 / 1.04; 8 KiB 1.06 / 1.24 / 1.00; 16 KiB
 * 1.12 / 1.19 / 1.01. Larger pages make bulk work 6–15 % faster and a single commit 12–18 % slower in both arms; a
 * wallet mostly commits, so 4 KiB stands. A memory map would help the plain arm only: pages must be decrypted somewhere.
 */
export async function storeFigures(): Promise<Figure[]> {
  const key = randomBytes(32);
  // Incompressible, 400 characters: about what a message weighs.
  const body = randomBytes(300).toString('base64');
  const times: Record<Arm, Times[]> = { plain: [], aegis: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const arm of round % 2 === 0 ? ARMS : ARMS.toReversed()) times[arm].push(measure(arm, key, body));
  const middle = (arm: Arm, what: keyof Times) => median(times[arm].map((one) => one[what]));
  const ratio = (name: string, what: keyof Times, limit?: number): Figure => {
    const value = round(middle('aegis', what) / middle('plain', what));
    return { name, value, unit: '× plain', ...(limit !== undefined && { bound: `≤ ${limit}`, holds: value <= limit }) };
  };
  return [
    ratio(`store: insert of ${ROWS.toLocaleString('en')} rows`, 'insert', 1.3),
    ratio('store: scan', 'scan', 1.3),
    ratio('store: single commit', 'commit', 2),
    ratio('store: single commit, synchronous NORMAL', 'commitNormal'),
    ratio('store: random read past the cache', 'read'),
    {
      name: 'store: single commit (FULL, survives a power cut)',
      value: round(middle('aegis', 'commit') * 1000),
      unit: 'µs',
    },
    {
      name: 'store: single commit (NORMAL, would survive a kill only)',
      value: round(middle('aegis', 'commitNormal') * 1000),
      unit: 'µs',
    },
  ];
}

export const run = storeFigures;

function measure(arm: Arm, key: Uint8Array, body: string): Times {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-bench-'));
  const options: ConnectionOptions = { file: join(folder, 'bench.db'), key, cipher: arm };
  try {
    const writer = connectDatabase(options);
    writer.exec('create table m(id integer primary key, conversation integer, body text, at integer)');
    writer.exec('create index m_conversation on m(conversation)');
    const add = (i: number) => writer.run('insert into m(conversation, body, at) values (?, ?, ?)', [i % 500, body, i]);
    const insert = time(() => {
      writer.exec('begin immediate');
      for (let i = 0; i < ROWS; i++) add(i);
      writer.exec('commit');
    });
    const commits = () => time(() => repeat(COMMITS, add)) / COMMITS;
    const commit = commits();
    writer.pragma('synchronous = NORMAL');
    const commitNormal = commits();
    writer.pragma('wal_checkpoint(TRUNCATE)');
    writer.close();
    // A new connection with an empty cache. The table is larger than the cache, so each scan decrypts every page.
    const reader = connectDatabase(options);
    const scan = median(Array.from({ length: SCANS }, () => time(() => scanOnce(reader))));
    const read =
      time(() => repeat(READS, (i) => reader.get('select * from m where id = ?', [1 + ((i * 7919) % ROWS)]))) / READS;
    reader.close();
    return { insert, scan, commit, commitNormal, read };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const scanOnce = (db: Connection) => db.get('select sum(length(body)) as total from m', []);
const repeat = (count: number, work: (i: number) => unknown) => {
  for (let i = 0; i < count; i++) work(i);
};
const time = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const round = (value: number): number => Math.round(value * 100) / 100;
