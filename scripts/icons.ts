/**
 * `node scripts/icons.ts`: draws the app's icon from our seal code, and writes it as each system wants it. Run it again
 * only when the drawing changes; the files are in assets/icons.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { sealDrawing } from '../src-renderer/seal.ts';
import { root } from './check/step.ts';

/** The letters of "daimon" in hex, and a number whose weave stays readable when small: a key that is nobody's. */
const KEY = '6461696d6f6e0d';
const GROUND = '#1f5f5b';
const LINE = '#f7f6f3';
const folder = `${root}assets/icons`;
const { line, extra } = sealDrawing(KEY);

/** @param small a tray's picture has no ground, and a stronger line */
const svg = (small: boolean, colour: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
${small ? '' : `<rect x="2" y="2" width="60" height="60" rx="14" fill="${GROUND}"/>`}
<g fill="none" stroke="${colour}" stroke-width="${small ? 2.6 : 1.8}" stroke-linejoin="round" transform="translate(32 32) scale(${small ? 0.94 : 0.7}) translate(-32 -32)">
<path d="${line}"/>${small ? '' : `<path d="${extra}"/>`}
</g></svg>
`;

const browser = await chromium.launch({
  args: ['--no-sandbox'],
  executablePath: process.env['DAIMON_CHROMIUM'] ?? '/usr/bin/chromium',
});
async function png(drawing: string, size: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<body style="margin:0">${drawing.replace('<svg ', `<svg width="${size}" height="${size}" `)}`);
  const bytes = await page.screenshot({ omitBackground: true });
  await page.close();
  return bytes;
}

/** Windows' container (since Vista its pictures may be PNG): a header, an entry for each, the pictures. */
function ico(pictures: readonly { size: number; bytes: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let at = head.length;
  for (const [i, { size, bytes }] of pictures.entries()) {
    const entry = 6 + 16 * i;
    // 0 stands for 256.
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(bytes.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += bytes.length;
  }
  return Buffer.concat([head, ...pictures.map(({ bytes }) => bytes)]);
}

/** Apple's container: 'icns', the whole length, then a type, a length and a PNG for each. */
function icns(pictures: readonly { type: string; bytes: Buffer }[]): Buffer {
  const chunk = (type: string, bytes: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };
  return chunk('icns', Buffer.concat(pictures.map(({ type, bytes }) => chunk(type, bytes))));
}

mkdirSync(folder, { recursive: true });
const app = svg(false, LINE);
const sized = new Map<number, Buffer>();
for (const size of [16, 32, 48, 128, 256, 512, 1024]) sized.set(size, await png(app, size));
const of = (size: number) => sized.get(size)!;
writeFileSync(`${folder}/daimon.svg`, app);
writeFileSync(`${folder}/daimon.png`, of(512));
writeFileSync(`${folder}/daimon.ico`, ico([16, 32, 48, 256].map((size) => ({ size, bytes: of(size) }))));
const types = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };
writeFileSync(`${folder}/daimon.icns`, icns(Object.entries(types).map(([type, size]) => ({ type, bytes: of(size) }))));
// macOS colours a picture whose name ends in Template by itself, from its transparency.
writeFileSync(`${folder}/trayTemplate.png`, await png(svg(true, '#000000'), 18));
writeFileSync(`${folder}/trayTemplate@2x.png`, await png(svg(true, '#000000'), 36));
writeFileSync(`${folder}/tray.png`, await png(svg(true, '#7cc5bd'), 32));
await browser.close();
