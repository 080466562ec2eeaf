/** Which frames of a far side are well formed: each rule on its own, with the frame that only it refuses. */
import { expect, test } from 'vitest';
import { CREDIT } from './frame.ts';
import { isRequest, isResponse } from './guard.ts';

const notFrames = [undefined, null, true, 7, 'ask', Symbol('ask'), () => {}, [], {}, { t: 'ask' }, { id: 1 }];
const badIds = [undefined, null, 0, -1, 1.5, NaN, Infinity, 2 ** 53, '1', 1n, true, {}];

test('what is no frame at all is neither a request nor a response', () => {
  for (const one of notFrames) {
    expect(isRequest(one)).toBe(false);
    expect(isResponse(one)).toBe(false);
  }
});

test('ids are whole numbers from 1 that are exact', () => {
  for (const id of badIds) {
    for (const t of ['ask', 'stop', 'more']) expect(isRequest({ t, id, verb: 'a.b', input: 1, n: 1 })).toBe(false);
    for (const t of ['item', 'done', 'fail']) expect(isResponse({ t, id, code: 'a', message: 'b' })).toBe(false);
  }
  for (const id of [1, 2 ** 53 - 1]) {
    expect(isRequest({ t: 'stop', id })).toBe(true);
    expect(isResponse({ t: 'done', id })).toBe(true);
  }
});

test('an ask names its verb; credit is what one reader may hold', () => {
  const ask = { t: 'ask', id: 1, verb: 'a.b', input: undefined };
  for (const credit of [undefined, 0, 1, CREDIT]) expect(isRequest({ ...ask, credit })).toBe(true);
  for (const credit of [-1, 0.5, CREDIT + 1, NaN, '1', null]) expect(isRequest({ ...ask, credit })).toBe(false);
  for (const verb of [undefined, null, 7, {}]) expect(isRequest({ ...ask, verb })).toBe(false);
  for (const t of ['tell', '', undefined, 'item', 'done', 'fail']) expect(isRequest({ ...ask, t })).toBe(false);
});

test('more credit has an amount', () => {
  for (const n of [0, 1, CREDIT]) expect(isRequest({ t: 'more', id: 1, n })).toBe(true);
  // A verb does not make an ask of it.
  for (const n of [undefined, -1, 0.5, CREDIT + 1, '1', null])
    expect(isRequest({ t: 'more', id: 1, n, verb: 'a.b' })).toBe(false);
});

test('a failure has a code, a sentence, and details that are an object if any', () => {
  const fail = { t: 'fail', id: 1, code: 'a', message: 'b' };
  expect(isResponse(fail)).toBe(true);
  expect(isResponse({ ...fail, details: {} })).toBe(true);
  for (const details of [null, 7, 'x', true]) expect(isResponse({ ...fail, details })).toBe(false);
  for (const code of [undefined, null, 7]) expect(isResponse({ ...fail, code })).toBe(false);
  for (const message of [undefined, null, 7]) expect(isResponse({ ...fail, message })).toBe(false);
  for (const t of ['item', 'done']) expect(isResponse({ t, id: 1 })).toBe(true);
  for (const t of ['tell', '', undefined, 'ask', 'stop', 'more']) expect(isResponse({ ...fail, t })).toBe(false);
});
