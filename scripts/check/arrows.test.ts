/** The guard is guarded: wrong arrows are planted in a copy of the house, and each must be seen. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readArrows, type Findings } from './arrows.ts';
import { root } from './step.ts';

/** file -> its text, and the rule that must name it */
const PLANTED: readonly (readonly [string, string, string])[] = [
  ['src-main/wire/up.ts', "import type {} from '../base/door.ts';", 'wire-imports-only-fall'],
  ['src-main/base/up.ts', "import '../vault/door.ts';", 'base-imports-only-fall'],
  ['src-main/vault/sideways.ts', "import '../settings/door.ts';", 'vault-imports-only-fall'],
  ['src-main/engine/up.ts', "import '../assistant/door.ts';", 'engine-imports-only-fall'],
  ['src-main/assistant/shell.ts', "import '../shell/browser/planted.ts';", 'assistant-imports-only-fall'],
  ['src-main/shell/browser/planted.ts', 'export const planted = 1;', ''],
  ['src-main/core.ts', "import './shell/browser/planted.ts';", 'core-knows-no-shell'],
  ['src-main/settings/door.ts', "import '../base/planted.ts'; export {};", 'door-imports-doors'],
  ['src-main/base/planted.ts', 'export const planted = 1;', ''],
  ['src-main/base/round.ts', "import './about.ts';", 'no-circles'],
  ['src-main/base/about.ts', "import './round.ts';", 'no-circles'],
  ['src-main/base/nowhere.ts', "import './missing.ts';", 'found'],
  ['src-main/base/tested.ts', "import '../wire/wire.test.ts';", 'no-tests-in-the-house'],
  ['src-main/base/tool.ts', "import 'vitest';", 'runs-on-what-it-names'],
  ['src-main/vault/reach.ts', "import '../signer/planted.ts';", 'signer-is-started-not-imported'],
  ['src-main/signer/planted.ts', 'export const planted = 1;', ''],
  ['src-main/cellar/cellar.ts', "import '../wire/index.ts';", 'no-room-without-a-storey'],
  [
    'src-renderer/Planted.svelte',
    '<script lang="ts">\n  import { planted } from "../src-main/base/planted.ts";\n</script>\n{planted}',
    'window-imports-wire-and-doors',
  ],
  ['src-renderer/Fine.svelte', '<script lang="ts">\n  import "../src-main/base/door.ts";\n</script>', ''],
  ['src-main/base/one.ts', "import 'devalue';", ''],
  ['src-main/base/two.ts', "import 'devalue';", ''],
];

let at: string;
let findings: Findings;
beforeAll(async () => {
  at = mkdtempSync(join(tmpdir(), 'daimon-arrows-'));
  for (const room of ['wire', 'base', 'vault', 'settings', 'engine', 'assistant']) {
    const inside = join('src-main', room);
    cpSync(join(root, inside), join(at, inside), { recursive: true });
  }
  cpSync(join(root, 'package.json'), join(at, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'), 'junction');
  for (const [file, text] of PLANTED) {
    mkdirSync(dirname(join(at, file)), { recursive: true });
    writeFileSync(join(at, file), text);
  }
  findings = await readArrows(at);
}, 60_000);
afterAll(() => rmSync(at, { recursive: true, force: true }));

it.each(PLANTED.filter(([, , rule]) => rule))('sees the wrong arrow of %s', (file, _, rule) => {
  expect(findings.wrong.filter((line) => line.includes(file))).toContainEqual(expect.stringContaining(`${rule}: `));
});

it('sees a library that two files of one room import', () => {
  expect(findings.shared).toContain('devalue in src-main/base: src-main/base/one.ts, src-main/base/two.ts');
});

it('lets the window import a door', () => {
  expect(findings.wrong.filter((line) => line.includes('Fine.svelte'))).toEqual([]);
});
