/** How many mails a second the reader makes text of: in this process alone, and as the indexing gets them from theirs. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src-main/base/clock.ts';
import { idFactory } from '../src-main/base/id.ts';
import { readParts } from '../src-main/library/parts-read.ts';
import { readDocument } from '../src-main/library/readers/read.ts';
import { openReading } from '../src-main/library/reading.ts';
import { nodeHost } from '../src-main/shell/browser/host.ts';
import { mail, mbox } from '../test/fixtures/mail.ts';
import { random } from '../test/fixtures/mutants.ts';
import { keptLog } from '../test/fakes/log.ts';
import type { Figure } from './figure.ts';
import { factor } from './machine.ts';

const MAILS = 3000;
const BOUND = 400;

const VOCABULARY =
  `the a of to and in that is was for it with as his on be at by had not are but from or have an they which one you were her all
  she there would their we him been has when who will more no if out so said what up its about into than them can only other new
  some could time these two may then do first any my now such like our over man me even most made after also did many before must
  through years where much your way well down should because each just those people how too little state good very make world
  still own see men work long get here between both life being under never day same another know while last might us great old
  year off come since against go came right used take three meeting report invoice schedule attached regards question thanks
  budget review contract delivery Thursday project draft version customer office train weekend garden recipe tickets`.split(
    /\s+/,
  );

/**
 * An inbox by kinds as people have them: two fifths plain letters with quoted ones below, two fifths HTML with its plain
 * twin, an eighth newsletters in HTML alone (tables, links, styles), the rest with a picture or a note attached.
 */
export function* inbox(count: number): Generator<Buffer> {
  const pick = random(20_261_124);
  const words = (n: number) => Array.from({ length: n }, () => VOCABULARY[pick(VOCABULARY.length)]!).join(' ');
  const paragraph = () => Array.from({ length: 2 + pick(5) }, () => words(8 + pick(6))).join('\r\n');
  const letter = () => Array.from({ length: 2 + pick(5) }, paragraph).join('\r\n\r\n');
  const quoted = (text: string) => text.replace(/^/gm, '> ');
  const styled = (text: string) =>
    `<html><head><style>p{font:12px arial}</style></head><body>${text
      .split('\r\n\r\n')
      .map((one) => `<p style="margin:0 0 12px;color:#333">${one}</p>`)
      .join('\r\n')}<div class="signature"><a href="https://example.org/">Example</a></div></body></html>`;
  const newsletter = () =>
    `<html><body><table width="600">${Array.from({ length: 15 + pick(25) }, () => `<tr><td style="padding:8px;font-family:Arial"><a href="https://click.example.org/?u=${pick(1e9)}&amp;c=${pick(1e9)}">${words(8)}</a><br><img src="https://example.org/p.png" width="1" height="1">${words(20)}</td></tr>`).join('\r\n')}</table></body></html>`;
  const headers = Array.from(
    { length: 4 },
    (_, i) => `X-Header-${i}: ${Array.from({ length: 12 }, () => pick(2 ** 31).toString(36)).join('\r\n ')}`,
  );
  for (let i = 0; i < count; i++) {
    const subject = words(3 + pick(6)) + (i % 5 ? '' : ' – Grüße');
    const text = letter();
    const kind = pick(40);
    if (kind < 16) yield mail({ subject, headers, text: `${text}\r\n\r\nAnna wrote:\r\n${quoted(letter())}` });
    else if (kind < 32) yield mail({ subject, headers, text, html: styled(text) });
    else if (kind < 37) yield mail({ subject, headers, html: newsletter() });
    else {
      const bytes = Buffer.alloc(20_000 + pick(100_000), '\x89PNG\r\n\x1a\n', 'latin1');
      const attached = [
        kind < 39
          ? { name: 'photo.png', type: 'image/png', bytes }
          : { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from(letter()) },
      ];
      yield mail({ subject, headers, text, attached });
    }
  }
}

async function* chunksOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
}

export async function mailFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-bench-'));
  const host = nodeHost({ name: 'terminal', dataFolder: folder });
  let pid = 0;
  const room = openReading({
    host: {
      start(name, more) {
        const child = host.start(name, more);
        pid = child.pid;
        return child;
      },
    },
    log: keptLog(),
    ids: idFactory(systemClock),
  });
  try {
    const path = join(folder, 'inbox.mbox');
    const file = openSync(path, 'w');
    for (const one of inbox(MAILS)) writeSync(file, mbox([one]));
    closeSync(file);
    const bytes = Buffer.concat([...inbox(MAILS)].map((one) => mbox([one])));
    if (statSync(path).size !== bytes.length) throw new Error('The archive is not what was meant.');

    const here = async () => {
      const given = {
        bytes: chunksOf(bytes),
        name: 'inbox.mbox',
        size: bytes.length,
        ocr: false,
        attached: true,
        readDocument,
      };
      let mails = 0;
      for await (const told of readParts(given)) if (told.kind === 'part' && told.part.kind === 'mail') mails++;
      return mails;
    };
    const there = async () => {
      let mails = 0;
      for await (const told of room.parts({ path }, { ocr: false }))
        if (told.kind === 'part' && told.part.kind === 'mail') mails++;
      return mails;
    };
    /** Seconds of the processor that this process took, and of the clock. */
    const timed = async (work: () => Promise<number>) => {
      const cpu = process.cpuUsage();
      const before = secondsOf(pid);
      const began = performance.now();
      if ((await work()) !== MAILS) throw new Error('Not every mail was read.');
      const { user, system } = process.cpuUsage(cpu);
      const seconds = (performance.now() - began) / 1000;
      return { seconds, cpu: (user + system) / 1e6, reader: secondsOf(pid) - before };
    };
    // One small file first: how long the process takes to start is counted elsewhere.
    const small = join(folder, 'small.mbox');
    writeFileSync(small, mbox([mail()]));
    for await (const _ of room.parts({ path: small }, { ocr: false }));
    const alone: Awaited<ReturnType<typeof timed>>[] = [];
    const apart: Awaited<ReturnType<typeof timed>>[] = [];
    for (let i = 0; i < 3; i++) {
      apart.push(await timed(there));
      alone.push(await timed(here));
    }
    const least = (all: readonly number[]) => Math.min(...all);
    const wall = MAILS / least(apart.map(({ seconds }) => seconds));
    // What the process itself took, where the system tells: with others at work, the clock says more about them.
    const taken = least(apart.map(({ reader }) => reader));
    const rate = taken > 0 ? MAILS / taken : wall;
    const megabytes = bytes.length / 1e6;
    return [
      {
        name: `mail: ${MAILS.toLocaleString('en')} mails (${Math.round(megabytes)} MB of mbox) in the reader process`,
        value: Math.round(rate),
        unit: taken > 0 ? 'mails/core-s' : 'mails/s',
        bound: `≥ ${BOUND} (machine factor ${factor().toFixed(2)})`,
        holds: rate >= BOUND,
      },
      { name: 'mail: the same, by the clock', value: Math.round(wall), unit: 'mails/s' },
      {
        name: 'mail: the same, without a process',
        value: Math.round(MAILS / least(alone.map(({ cpu }) => cpu))),
        unit: 'mails/core-s',
      },
      { name: 'mail: mbox in the reader process', value: round((rate * megabytes) / MAILS), unit: 'MB/core-s' },
      {
        name: 'mail: processor time of the core for a thousand mails',
        value: round((least(apart.map(({ cpu }) => cpu)) / MAILS) * 1e6),
        unit: 'ms',
      },
    ];
  } finally {
    await room.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processor time of a process so far; /proc counts in hundredths. 0 where there is none. */
function secondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
