/** Reads electron.d.ts: the methods of each class with their parameter counts, their events, and the module's names. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';

export interface Typed {
  /** Least and most parameters over all overloads; the most is Infinity for a rest. */
  readonly methods: ReadonlyMap<string, readonly [least: number, most: number]>;
  readonly properties: ReadonlySet<string>;
  /** Name of an event, and how many parameters its listener gets. */
  readonly events: ReadonlyMap<string, number>;
  readonly extends: readonly string[];
}
export interface Typings {
  readonly classes: ReadonlyMap<string, Typed>;
  /** What `import * as electron from 'electron'` has: name, and the class or interface of its value. */
  readonly exported: ReadonlyMap<string, string>;
}

/** The file is only read: importing the package would look for its binary. */
export function readTypings(): Typings {
  const file = createRequire(import.meta.url)
    .resolve('electron/package.json')
    .replace('package.json', 'electron.d.ts');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const classes = new Map<string, Typed>();
  const exported = new Map<string, string>();
  const name = (node: { name?: ts.Node | undefined }) =>
    node.name && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name)) ? node.name.text : '';

  const read = (node: ts.ClassDeclaration | ts.InterfaceDeclaration) => {
    const methods = new Map<string, [number, number]>();
    const properties = new Set<string>();
    const events = new Map<string, number>();
    for (const member of node.members) {
      const called = name(member as { name?: ts.Node });
      if (ts.isPropertyDeclaration(member) || ts.isPropertySignature(member) || ts.isGetAccessor(member))
        properties.add(called);
      if (!ts.isMethodDeclaration(member) && !ts.isMethodSignature(member)) continue;
      const [first, second] = member.parameters;
      if (called === 'on' && first?.type && second?.type && ts.isLiteralTypeNode(first.type)) {
        const event = (first.type.literal as ts.StringLiteral).text;
        events.set(event, ts.isFunctionTypeNode(second.type) ? second.type.parameters.length : 0);
        continue;
      }
      const least = member.parameters.filter((one) => !one.questionToken && !one.dotDotDotToken).length;
      const most = member.parameters.some((one) => one.dotDotDotToken) ? Infinity : member.parameters.length;
      const [before, after] = methods.get(called) ?? [least, most];
      methods.set(called, [Math.min(before, least), Math.max(after, most)]);
    }
    const heritage = node.heritageClauses?.flatMap(({ types }) =>
      types.map(({ expression }) => expression.getText(source)),
    );
    classes.set(node.name!.text, { methods, properties, events, extends: heritage ?? [] });
  };
  const visit = (node: ts.Node, space: string) => {
    if (ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body))
      for (const statement of node.body.statements) visit(statement, node.name.text);
    else if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
      if (space === 'Electron') read(node);
      else if (space === 'CrossProcessExports') exported.set(name(node), name(node));
    } else if (space === 'CrossProcessExports' && ts.isVariableStatement(node))
      for (const one of node.declarationList.declarations)
        exported.set(name(one), one.type?.getText(source).replace(/^typeof /, '') ?? '');
  };
  for (const statement of source.statements) visit(statement, '');
  return { classes, exported };
}
