/** The fake is no easier than Electron: every name, method and event it offers stands in electron.d.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import {
  FakeApp,
  fakeElectron,
  FakeMessageChannelMain,
  FakeMessagePortMain,
  FakeSession,
  FakeUtilityProcess,
  FakeWebContents,
  type FakeWindow,
} from '../../../test/fakes/electron/index.ts';
import { readTypings, type Typings } from '../../../test/fakes/electron/typings.ts';
import type { BrowserWindow, Electron, MessagePortMain, Session, UtilityProcess, WebContents } from './parts.ts';

/** What a test does with a fake, and Electron does not have. */
const CONTROLS = new Set(['handOn', 'say', 'load']);
const fakes = fileURLToPath(new URL('../../../test/fakes/electron', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const e2e = fileURLToPath(new URL('../../../test/e2e', import.meta.url));

let typings: Typings;
beforeAll(() => {
  typings = readTypings();
});

/** The class, and what it inherits within electron.d.ts. */
const lineage = (name: string): string[] => {
  const one = typings.classes.get(name);
  return one ? [name, ...one.extends.flatMap(lineage)] : [];
};
const method = (type: string, name: string) =>
  lineage(type)
    .map((one) => typings.classes.get(one)!.methods.get(name))
    .find((found) => found !== undefined);
const event = (type: string, name: string) =>
  lineage(type)
    .map((one) => typings.classes.get(one)!.events.get(name))
    .find((found) => found !== undefined);

/** Least parameters of a faked function must not exceed what Electron takes. */
function expectMethod(type: string, name: string, takes: number) {
  const known = method(type, name);
  expect(known, `${type}.${name} is in the typings`).toBeDefined();
  expect(takes, `${type}.${name} takes no more than Electron's`).toBeLessThanOrEqual(known![1]);
}
const functionsOf = (object: object) =>
  Object.entries(Object.getOwnPropertyDescriptors(object)).filter(
    ([name, { value }]) => name !== 'constructor' && typeof value === 'function',
  ) as [string, { value: (...args: unknown[]) => unknown }][];

test('the typings were understood', () => {
  expect(method('BrowserWindow', 'loadURL')).toEqual([1, 2]);
  expect(method('BrowserWindow', 'isFocused')).toEqual([0, 0]);
  expect(event('App', 'second-instance')).toBe(4);
  expect(event('BrowserWindow', 'closed')).toBe(0);
  expect(typings.exported.get('utilityProcess')).toBe('UtilityProcess');
  expect(typings.exported.get('BrowserWindow')).toBe('BrowserWindow');
  expect(method('App', 'sayHello')).toBeUndefined();
});

test('each part that the shell names is Electron’s, and is faked', () => {
  const [, list] = /Pick<\s*typeof electron,([^>]+)>/s.exec(readFileSync(join(here, 'parts.ts'), 'utf8'))!;
  const named = [...list!.matchAll(/'(\w+)'/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(10);
  const faked = fakeElectron().fake as Record<string, unknown>;
  for (const name of named) expect([name, typings.exported.has(name), name in faked]).toEqual([name, true, true]);
  expect(Object.keys(faked).filter((name) => !named.includes(name))).toEqual([]);
});

test('each function of a faked part has its like in the typings', () => {
  let seen = 0;
  for (const [name, part] of Object.entries(fakeElectron().fake)) {
    const type = typings.exported.get(name)!;
    const prototype = typeof part === 'function' ? undefined : (Object.getPrototypeOf(part) as { constructor: object });
    const own = functionsOf(typeof part === 'function' ? (part as { prototype: object }).prototype : part);
    const shared = prototype && 'mirrors' in prototype.constructor ? functionsOf(prototype) : [];
    for (const [called, { value }] of [...own, ...shared]) {
      if (CONTROLS.has(called)) continue;
      expectMethod(type, called, value.length);
      seen++;
    }
  }
  expect(seen).toBeGreaterThan(20);
});

test('each class that the fake hands out has the methods that Electron’s has', () => {
  const classes = [
    FakeApp,
    FakeMessagePortMain,
    FakeSession,
    FakeUtilityProcess,
    FakeWebContents,
    FakeMessageChannelMain,
  ];
  for (const { mirrors, prototype } of classes)
    for (const [called, { value }] of functionsOf(prototype))
      if (!CONTROLS.has(called)) expectMethod(mirrors, called, value.length);
  const [session] = [new FakeSession('')];
  for (const [called, { value }] of functionsOf(session.protocol)) expectMethod('Protocol', called, value.length);
  for (const [called, { value }] of functionsOf(session.webRequest)) expectMethod('WebRequest', called, value.length);
  for (const [called, { value }] of functionsOf(new FakeApp().commandLine))
    expectMethod('CommandLine', called, value.length);
  for (const field of ['protocol', 'webRequest']) expect(typings.classes.get('Session')!.properties).toContain(field);
  for (const field of ['commandLine', 'isPackaged']) expect(typings.classes.get('App')!.properties).toContain(field);
  for (const field of ['id', 'workArea']) expect(typings.classes.get('Display')!.properties).toContain(field);
});

/** Every `this.emit('x', …)` of a class that mirrors one of Electron's. */
function* emitted(file: string): Generator<[type: string, event: string, args: number]> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  function* look(node: ts.Node, type: string | undefined): Generator<[string, string, number]> {
    if (ts.isClassLike(node)) {
      const mirrors = node.members.find(
        (member) => ts.isPropertyDeclaration(member) && member.name.getText() === 'mirrors',
      );
      type = mirrors ? ((mirrors as ts.PropertyDeclaration).initializer as ts.StringLiteral).text : undefined;
    }
    if (type && ts.isCallExpression(node) && node.expression.getText() === 'this.emit') {
      const [first, ...rest] = node.arguments;
      yield [type, (first as ts.StringLiteral).text, rest.length];
    }
    for (const child of node.getChildren()) yield* look(child, type);
  }
  yield* look(source, undefined);
}

test('each event that the fake emits is one of Electron’s, with no more than it tells', () => {
  const all = readdirSync(fakes).flatMap((name) => [...emitted(join(fakes, name))]);
  expect(all.map(([type, name]) => `${type} ${name}`)).toContain('UtilityProcess exit');
  for (const [type, name, args] of all) {
    const known = event(type, name);
    expect(known, `${type} has '${name}'`).toBeDefined();
    expect(args, `${type} '${name}'`).toBeLessThanOrEqual(known!);
  }
});

test('each event that a test lets happen is one of Electron’s', () => {
  const types: Record<string, string> = {
    app: 'App',
    powerMonitor: 'PowerMonitor',
    webContents: 'WebContents',
    tray: 'Tray',
  };
  const files = [
    ...readdirSync(here).map((name) => join(here, name)),
    ...readdirSync(e2e).map((name) => join(e2e, name)),
  ];
  let seen = 0;
  for (const file of files.filter((name) => name.endsWith('.ts')))
    for (const [, object, name] of readFileSync(file, 'utf8').matchAll(
      /\b(app|powerMonitor|webContents|tray)\.emit\(\s*'([^']+)'/g,
    )) {
      expect(event(types[object!]!, name!), `${object} has '${name}'`).toBeDefined();
      seen++;
    }
  expect(seen).toBeGreaterThan(3);
});

// The types of what is faked, held against Electron's by the compiler.
type App = Electron['app'];
export const held = (
  app: FakeApp,
  window: FakeWindow,
  rest: {
    port: FakeMessagePortMain;
    session: FakeSession;
    child: FakeUtilityProcess;
    contents: FakeWebContents;
  },
) => {
  app satisfies Pick<
    App,
    | 'isPackaged'
    | 'requestSingleInstanceLock'
    | 'enableSandbox'
    | 'whenReady'
    | 'quit'
    | 'exit'
    | 'relaunch'
    | 'setAsDefaultProtocolClient'
    | 'setPath'
  >;
  window satisfies Pick<
    BrowserWindow,
    | 'loadURL'
    | 'show'
    | 'hide'
    | 'focus'
    | 'restore'
    | 'maximize'
    | 'isMinimized'
    | 'isMaximized'
    | 'isFocused'
    | 'isDestroyed'
    | 'getNormalBounds'
    | 'close'
    | 'destroy'
  >;
  rest.port satisfies Pick<MessagePortMain, 'start' | 'close'>;
  rest.session satisfies Pick<Session, 'setSpellCheckerEnabled' | 'setProxy'>;
  rest.child satisfies Pick<UtilityProcess, 'kill' | 'pid'>;
  rest.contents satisfies Pick<WebContents, 'reload' | 'send'>;
};
