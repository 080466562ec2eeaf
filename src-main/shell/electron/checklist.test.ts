/** Electron's security checklist, item by item and in its order; then what daimon asks beyond it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeElectron, preventable, type FakeSession, type FakeWindow } from '../../../test/fakes/electron/index.ts';
import { raise, type Shell } from '../../../test/e2e/shell.ts';
import { prepare } from './prepare.ts';
import { isFrom } from './sender.ts';

let shell: Shell;
let window: FakeWindow;
let session: FakeSession;
let confirm: FakeWindow;
beforeAll(async () => {
  shell = await raise();
  window = await shell.window();
  session = shell.sessionOf('window');
  const core = await shell.page();
  await core['vault.create']({ name: 'Wren', password: new TextEncoder().encode('correct horse battery') });
  const asked = new AbortController();
  const items = core['vault.sign']({ message: 'x', account: 0 }, asked.signal)[Symbol.asyncIterator]();
  await items.next();
  confirm = await shell.window('app://confirm/confirm/');
});
afterAll(() => shell.close());

const here = fileURLToPath(new URL('.', import.meta.url));
const sources = readdirSync(here)
  .filter((name) => /(?<!\.test)\.ts$/.test(name))
  .map((name) => [name, readFileSync(join(here, name), 'utf8')] as const);
const both = () => [window, confirm].map(({ options }) => options.webPreferences!);
const say = (contents: FakeWindow['webContents'], event: string, ...args: unknown[]) => {
  const happening = preventable();
  contents.emit(event, happening, ...args);
  return happening.defaultPrevented;
};

describe('the twenty items', () => {
  test('1: only secure content is loaded: both windows show our own scheme, which is secure', () => {
    expect(shell.schemes).toMatchObject([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    expect(shell.schemes[0]!.privileges).not.toHaveProperty('bypassCSP');
    expect(shell.windows.map(({ url }) => url)).toEqual(['app://daimon/', 'app://confirm/confirm/']);
  });
  test('2: no page has Node, in no frame and no worker', () => {
    for (const preferences of both())
      expect(preferences).toMatchObject({
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
      });
  });
  test('3: the preload’s world is apart from the page’s', () => {
    for (const { contextIsolation } of both()) expect(contextIsolation).toBe(true);
  });
  test('4: every renderer is sandboxed, each by its window and all by the application', () => {
    for (const { sandbox } of both()) expect(sandbox).toBe(true);
    expect(shell.app.did).toContain('sandbox');
  });
  test('5: every permission is refused, but the window’s for writing plain text to the clipboard', () => {
    for (const partition of ['window', 'confirm', 'anything else'])
      for (const permission of [
        'media',
        'geolocation',
        'notifications',
        'clipboard-read',
        'openExternal',
        'hid',
        'usb',
        'unknown',
        'clipboard-sanitized-write',
      ]) {
        const set = shell.sessionOf(partition).set;
        const request = set.get('permission-request') as (...args: unknown[]) => void;
        const check = set.get('permission-check') as (...args: unknown[]) => boolean;
        const ours = partition === 'window' && permission === 'clipboard-sanitized-write';
        let granted: boolean | undefined;
        request(null, permission, (answer: boolean) => (granted = answer), { requestingUrl: 'app://daimon/' });
        expect([partition, permission, granted]).toEqual([partition, permission, ours]);
        expect([partition, permission, check(null, permission, 'app://daimon')]).toEqual([partition, permission, ours]);
        request(null, permission, (answer: boolean) => (granted = answer), { requestingUrl: 'app://daimon.evil/' });
        expect([granted, check(null, permission, 'https://evil')]).toEqual([false, false]);
        expect((set.get('device') as () => boolean)()).toBe(false);
      }
  });
  test('6: web security is on', () => {
    for (const { webSecurity } of both()) expect(webSecurity).toBe(true);
  });
  test('7: both pages come with a policy that allows our own scripts alone', () => {
    for (const { loaded } of [window, confirm]) {
      const policy = loaded!.headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
    }
  });
  test('8: no insecure content within a secure page', () => {
    for (const { allowRunningInsecureContent } of both()) expect(allowRunningInsecureContent).toBe(false);
  });
  test('9: no experimental features', () => {
    for (const { experimentalFeatures } of both()) expect(experimentalFeatures).toBe(false);
  });
  test('10: no feature of Blink is switched on', () => {
    for (const preferences of both()) expect(preferences).not.toHaveProperty('enableBlinkFeatures');
    expect([...shell.app.switches.keys()].filter((name) => /^enable/.test(name))).toEqual([]);
  });
  test('11 and 12: there is no webview, and none may be attached', () => {
    for (const { webviewTag } of both()) expect(webviewTag).toBe(false);
    for (const { webContents } of [window, confirm]) expect(say(webContents, 'will-attach-webview', {}, {})).toBe(true);
  });
  test('13: no page leaves its address, in no frame, by no redirect', () => {
    for (const { webContents } of [window, confirm])
      for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'])
        expect(say(webContents, event)).toBe(true);
    for (const { navigateOnDragDrop } of both()) expect(navigateOnDragDrop).toBe(false);
  });
  test('14: no page opens a window', () => {
    for (const { webContents } of [window, confirm])
      for (const url of ['https://example.org/', 'app://daimon/', 'about:blank', 'javascript:1'])
        expect(webContents.opener!({ url })).toEqual({ action: 'deny' });
  });
  test('15: the browser is opened for https alone, from the window in front, from our own frame', () => {
    const { webContents } = window;
    window.focused = true;
    for (const bad of ['file:///etc/passwd', 'http://example.org/', 'javascript:1', 'https://a@b/', 7, null, {}])
      webContents.say('open-link', bad);
    confirm.webContents.say('open-link', 'https://example.org/');
    window.focused = false;
    webContents.say('open-link', 'https://example.org/');
    expect(shell.opened).toEqual([]);
    window.focused = true;
    webContents.page!.world.daimon!.openLink('https://example.org/');
    expect(shell.opened).toEqual(['https://example.org/']);
  });
  test('16: the Electron that the typings and the lock name is the newest line', () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../../node_modules/electron/package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(45);
  });
  test('17: main listens to three channels, and to the right sender only', () => {
    const ipc = shell.fake.ipcMain;
    expect(ipc.eventNames().sort()).toEqual(['confirm-port', 'core-port', 'open-link']);
    const posted = () => window.webContents.page!.posted.length + confirm.webContents.page!.posted.length;
    const before = posted();
    const { mainFrame } = window.webContents;
    const wrong = [
      { sender: window.webContents, senderFrame: null },
      { sender: window.webContents, senderFrame: { ...mainFrame, parent: mainFrame } },
      { sender: window.webContents, senderFrame: { ...mainFrame, origin: 'https://evil' } },
      { sender: window.webContents, senderFrame: { ...mainFrame, origin: 'null' } },
      { sender: window.webContents, senderFrame: { ...mainFrame, origin: 'app://confirm' } },
      { sender: confirm.webContents, senderFrame: mainFrame },
      { sender: confirm.webContents, senderFrame: confirm.webContents.mainFrame },
    ];
    for (const one of wrong) ipc.emit('core-port', one);
    for (const one of wrong.slice(0, 6)) ipc.emit('confirm-port', one);
    expect(posted()).toBe(before);
    expect(isFrom({ sender: window.webContents, senderFrame: mainFrame } as never, undefined, 'app://daimon')).toBe(
      false,
    );
  });
  test('18: file:// is loaded nowhere', async () => {
    for (const partition of ['window', 'confirm', 'anything else'])
      expect(await shell.sessionOf(partition).load('file:///etc/passwd')).toBeUndefined();
    for (const [name, text] of sources) expect([name, /loadFile|file:\/\//.test(text)]).toEqual([name, false]);
  });
  test('19: nothing here needs a fuse that is off: no fork of Node’s, no option in the environment', () => {
    for (const [name, text] of sources)
      expect([name, /child_process|ELECTRON_RUN_AS_NODE|NODE_OPTIONS/.test(text)]).toEqual([name, false]);
    for (const { options } of shell.forked)
      expect(Object.keys(options.env!).filter((one) => /^(NODE_|ELECTRON_|LD_)/.test(one))).toEqual([]);
  });
  test('20: a page gets functions of ours; of Electron nothing', () => {
    expect(Object.keys(window.webContents.page!.world)).toEqual(['daimon']);
    expect(Object.keys(window.webContents.page!.world.daimon!).sort()).toEqual([
      'connect',
      'onPlace',
      'openLink',
      'pathOf',
    ]);
    expect(Object.keys(confirm.webContents.page!.world)).toEqual(['daimonConfirm']);
    expect(Object.keys(confirm.webContents.page!.world.daimonConfirm!)).toEqual(['connect']);
  });
});

describe('beyond it', () => {
  test('sessions live in memory, apart from each other', () => {
    const partitions = both().map(({ partition }) => partition);
    expect(partitions).toEqual(['window', 'confirm']);
    for (const partition of partitions) expect(partition).not.toMatch(/^persist:/);
  });
  test('no request leaves: every other scheme and host is cancelled in every session', async () => {
    const outside = [
      'https://example.org/',
      'http://127.0.0.1:1/',
      'ws://x/',
      'wss://x/',
      'ftp://x/',
      'app://other/',
      'chrome://gpu',
      'blob:https://x/1',
    ];
    for (const partition of ['window', 'confirm', 'anything else'])
      for (const url of outside) expect([url, await shell.sessionOf(partition).load(url)]).toEqual([url, undefined]);
    expect((await session.load('app://daimon/assets/index.js'))!.status).toBe(200);
    expect(await session.load('app://confirm/confirm/')).toBeUndefined();
    expect(await shell.sessionOf('confirm').load('app://daimon/')).toBeUndefined();
  });
  test('Chromium’s own conversations are switched off, and its resolver knows no host', () => {
    const { switches } = shell.app;
    expect(switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND');
    for (const name of [
      'disable-background-networking',
      'disable-component-update',
      'disable-domain-reliability',
      'disable-sync',
      'dns-prefetch-disable',
      'no-pings',
      'no-proxy-server',
    ])
      expect(switches.has(name)).toBe(true);
    for (const one of [window, confirm]) expect(one.webContents.webRtc).toBe('disable_non_proxied_udp');
    for (const partition of ['window', 'confirm']) expect(shell.sessionOf(partition).proxy).toEqual({ mode: 'direct' });
  });
  test('a package cannot be opened for debugging from its command line', () => {
    const packaged = fakeElectron();
    packaged.app.isPackaged = true;
    packaged.app.switches.set('remote-debugging-port', '9222').set('load-extension', 'x');
    prepare({ electron: packaged.electron, dataFolder: shell.folder });
    expect([...packaged.app.switches.keys()].filter((name) => /^remote|^load/.test(name))).toEqual([]);
  });
  test('no dictionary is fetched', () => {
    for (const { spellcheck } of both()) expect(spellcheck).toBe(false);
    for (const one of shell.sessions.values()) expect(one.spellChecker).toBe(false);
  });
  test('no certificate is trusted, and no fault of one is overlooked', () => {
    for (const one of shell.sessions.values()) {
      let answer: number | undefined;
      (one.set.get('certificate') as unknown as (r: object, d: (n: number) => void) => void)(
        {},
        (code) => (answer = code),
      );
      expect(answer).toBe(-2);
    }
    expect(shell.app.listenerCount('certificate-error')).toBe(0);
    const event = preventable();
    let given: unknown = 'nothing';
    shell.app.emit('select-client-certificate', event, {}, 'https://x', [{}], (one: unknown) => (given = one));
    expect([event.defaultPrevented, given]).toEqual([true, undefined]);
  });
  test('only what the page put together is saved, and only after a dialog', () => {
    const save = (url: string, on = session) => {
      const event = preventable();
      const item = {
        options: undefined as unknown,
        getURL: () => url,
        getFilename: () => 'talk.md',
        setSaveDialogOptions: (options: unknown) => (item.options = options),
      };
      on.emit('will-download', event, item);
      return event.defaultPrevented ? 'refused' : item.options;
    };
    expect(save('blob:app://daimon/1-2')).toEqual({ defaultPath: 'talk.md' });
    for (const url of ['app://daimon/index.html', 'https://evil/x.exe', 'data:text/html,x', 'blob:null/1'])
      expect(save(url)).toBe('refused');
    expect(save('blob:app://confirm/1', shell.sessionOf('confirm'))).toBe('refused');
  });
  test('developer tools exist in development only, and no menu reloads or opens them', async () => {
    const { preferences } = await import('./contents.ts');
    expect(preferences('x', 'window', false).devTools).toBe(false);
    expect(JSON.stringify(shell.menus.application)).not.toMatch(/toggleDevTools|reload/i);
  });
  test('children get next to no environment, and the closed list is closed', async () => {
    const { hostDoor } = await import('./host-door.ts');
    const { safeParse } = await import('valibot');
    for (const name of ['core', 'trainer', '../x', '__proto__', ''])
      expect(safeParse(hostDoor['host.start'].input, { id: 1, name }).success).toBe(false);
    for (const { options } of shell.forked) expect(Object.keys(options.env!).length).toBeLessThan(60);
    expect(safeParse(hostDoor['host.start'].input, { id: 1, name: 'engine', env: { 'A=B': 'x' } }).success).toBe(false);
  });
  test('main awaits nothing at its top: Electron holds ready back until its entry has loaded', () => {
    const [, text] = sources.find(([name]) => name === 'main.ts')!;
    const source = ts.createSourceFile('main.ts', text, ts.ScriptTarget.Latest, true);
    const awaits = (node: ts.Node): boolean =>
      ts.isAwaitExpression(node) || (!ts.isFunctionLike(node) && node.getChildren().some(awaits));
    expect(awaits(source)).toBe(false);
  });
  test('at most 600 lines of code know Electron; three files import it, and the rest are given it', () => {
    const code = (text: string) => text.split('\n').filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)).length;
    const lines = sources
      .filter(([, text]) => /from '(electron|\.\/parts\.ts)'/.test(text))
      .reduce((sum, [, text]) => sum + code(text), 0);
    expect(lines).toBeLessThanOrEqual(600);
    expect(
      sources
        .filter(([, text]) => /import (?!type)[^;]* from 'electron'/.test(text))
        .map(([name]) => name)
        .sort(),
    ).toEqual(['confirm-preload.ts', 'main.ts', 'preload.ts']);
  });
});
