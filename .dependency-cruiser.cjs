/** The arrows of the house (docs/house.md §2): imports only fall, never sideways, never in a circle. */

/** From the ground up. A room may import rooms of lower storeys, and its own files. */
const STOREYS = [
  ['wire'],
  ['base'],
  ['signer'],
  ['vault', 'settings'],
  ['engine', 'library', 'network', 'chain', 'proofs', 'sealed'],
  ['memory', 'authenticity'],
  ['assistant', 'training'],
];
const TEST = '\\.test\\.ts$';
const rooms = STOREYS.flat();
const any = (names) => `^src-main/(${names.join('|')})/`;

const falling = STOREYS.flatMap((storey, height) =>
  storey.map((room) => ({
    name: `${room}-imports-only-fall`,
    severity: 'error',
    comment: `${room} may import its own files and lower storeys; rooms beside or above it meet it in a room above, or through a port.`,
    from: { path: any([room]), pathNot: `${TEST}|\\.fixture\\.ts$` },
    to: {
      ...(room === 'signer' ? { pathNot: '^src-main/vault/door\\.ts$' } : {}), // one house in two processes
      path: `^(src-main/(${[
        ...STOREYS.slice(height)
          .flat()
          .filter((other) => other !== room),
        'shell',
      ].join('|')})/|src-main/[^/]+\\.ts$|src-renderer/)`,
    },
  })),
);

module.exports = {
  forbidden: [
    ...falling,
    {
      name: 'signer-is-started-not-imported',
      severity: 'error',
      comment:
        'The signer is a process of its own: others know its door and the format of its file, and start it through their shell.',
      from: { path: '^src-main/(?!signer/)', pathNot: `${TEST}|\\.fixture\\.ts$` },
      to: { path: '^src-main/signer/', pathNot: '^src-main/signer/(door|vault-file)\\.ts$' },
    },
    {
      name: 'core-knows-no-shell',
      severity: 'error',
      comment: 'What lies at the top of src-main joins the rooms; a shell opens core, never the other way round.',
      from: { path: '^src-main/[^/]+\\.ts$', pathNot: TEST },
      to: { path: '^(src-main/shell/|src-renderer/)' },
    },
    {
      name: 'shell-knows-no-window',
      severity: 'error',
      from: { path: '^src-main/shell/', pathNot: TEST },
      to: { path: '^src-renderer/' },
    },
    {
      name: 'window-imports-wire-and-doors',
      severity: 'error',
      comment: 'The window sees the contract and the doors; all else of src-main stays on the far side of the wire.',
      from: { path: '^src-renderer/', pathNot: TEST },
      to: { path: '^src-main/', pathNot: '^src-main/(wire/|[^/]+/door\\.ts$)' },
    },
    {
      name: 'door-imports-doors',
      severity: 'error',
      comment:
        'A door is schemas and sentences: it imports valibot, the contract and lower doors (a long one stands in two files).',
      from: { path: '^src-main/[^/]+/(sources-)?door\\.ts$' },
      to: { pathNot: '(^src-main/wire/|/(sources-)?door\\.ts$|node_modules/valibot/)' },
    },
    {
      name: 'electron-in-its-shell',
      severity: 'error',
      from: { pathNot: '^src-main/shell/electron/' },
      to: { path: '(^|node_modules/)electron($|/)' },
    },
    {
      name: 'no-tests-in-the-house',
      severity: 'error',
      comment: 'What runs for a person imports no test, fake, bench or script.',
      from: { path: '^(src-main|src-renderer)/', pathNot: `${TEST}|\\.fixture\\.ts$` },
      to: { path: `^(test|bench|scripts)/|${TEST}` },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Only a component may import itself: that is how a tree is drawn. A type that points back does not run.',
      from: { path: '^(.+)$' },
      to: { circular: true, pathNot: '^$1$', viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'found',
      severity: 'error',
      comment: 'Every import leads somewhere.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-room-without-a-storey',
      severity: 'error',
      comment: 'A new room is entered in STOREYS first.',
      from: { path: '^src-main/[^/]+/', pathNot: any([...rooms, 'shell', 'core']) },
      to: {},
    },
    {
      name: 'runs-on-what-it-names',
      severity: 'error',
      comment:
        'A person installs dependencies only; tools for building and testing are not there. Electron carries its shell itself.',
      from: { path: '^src-main/', pathNot: `${TEST}|\\.fixture\\.ts$` },
      to: {
        pathNot: '^node_modules/electron/',
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|reports)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    extraExtensionsToScan: ['.css', '.json'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'node', 'default', 'types'],
    },
  },
};
