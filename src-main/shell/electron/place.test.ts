/** What a `daimon:` link can and cannot say. */
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkIn, placeOf, placeOfLink, withEarlyLink } from './place.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 1000;

test('a place of ours is read to the letter', () => {
  for (const place of ['chat', 'own', 'settings', 'own/models', 'settings/left', 'chat/01JABCDEFGHJKMNPQRSTVWXYZ0'])
    expect(placeOfLink(`daimon:${place}`)).toBe(place);
});

test.each([
  'daimon:',
  'daimon://chat',
  'daimon:/chat',
  'daimon:chat/',
  'daimon:chat//x',
  'daimon:chat/../own',
  'daimon:chat/%2e%2e',
  'daimon:chat?x=1',
  'daimon:chat#x',
  'daimon:Chat',
  'daimon:chat/x y',
  'daimon:chat/x\n',
  'daimon:chat\n',
  'DAIMON:chat',
  'xdaimon:chat',
  'daimon:javascript:alert(1)',
  'daimon:chat/<script>',
  'daimon:lock',
  'daimon:vault.sign',
  'daimon:constructor',
  'daimon:__proto__',
  'daimon:chаt',
  `daimon:chat/${'x'.repeat(65)}`,
])('%j is no link of ours', (link) => expect(placeOfLink(link)).toBeUndefined());

test('whatever is written, the answer is nothing or a room and one word', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.webUrl(),
    fc.stringMatching(/^daimon:[a-z/.%#?&=<>"'\\-]{0,40}$/),
    fc
      .tuple(fc.constantFrom('chat', 'own', 'settings', 'x'), fc.string({ unit: 'binary' }))
      .map((all) => `daimon:${all.join('/')}`),
    fc.anything(),
  );
  fc.assert(
    fc.property(hostile, (link) => {
      const place = placeOfLink(link);
      if (place === undefined) return;
      expect(place).toMatch(/^(chat|own|settings)(\/[A-Za-z0-9-]{1,64})?$/);
      // It is the whole of the link: nothing of it was dropped on the way.
      expect(link).toBe(`daimon:${place}`);
      expect(encodeURI(place)).toBe(place);
      expect(placeOf(place)).toBe(place);
    }),
    { seed: 45, numRuns: runs },
  );
});

test('the link is found among the system’s arguments; there need not be one', () => {
  expect(linkIn(['/opt/daimon', '--no-sandbox', 'daimon:chat'])).toBe('daimon:chat');
  expect(linkIn(['/opt/daimon'])).toBeUndefined();
});

test('a link that macOS tells of before anything is open is in the command line by then', () => {
  const app = new EventEmitter();
  const argv = withEarlyLink(app, ['daimon', '--switch']);
  expect(linkIn(argv)).toBeUndefined();
  let prevented = false;
  app.emit('open-url', { preventDefault: () => (prevented = true) }, 'daimon:own/models');
  expect(placeOfLink(linkIn(argv))).toBe('own/models');
  expect(prevented).toBe(true);
});
