/** Figures are read by people and by programs; both forms say the same. */
import { expect, it } from 'vitest';
import { asJson, table } from './table.ts';

const figures = [
  { name: 'unlock', value: 612.34567, unit: 'ms', bound: '<= 700', holds: true },
  { name: 'bulk insert', value: 1.4142135, unit: '× plain', bound: '<= 1.3', holds: false },
  { name: 'rate', value: 142_000.4, unit: 'items/s' },
  { name: 'paint', value: 0, unit: 'ms', bound: '<= 50', holds: null },
];

it('a table says of each bound whether it holds, and nothing of figures without one', () => {
  expect(table(figures).split('\n')).toEqual([
    'unlock       612.3 ms         <= 700  holds',
    'bulk insert  1.414 × plain    <= 1.3  DOES NOT HOLD',
    'rate         142,000 items/s',
    'paint        0 ms             <= 50   not judged',
  ]);
});

it('JSON is one array with the same keys in each figure', () => {
  const read = JSON.parse(asJson(figures)) as object[];
  expect(read.map((figure) => Object.keys(figure).join())).toEqual(Array(4).fill('name,value,unit,bound,holds'));
  expect(read[2]).toEqual({ name: 'rate', value: 142_000.4, unit: 'items/s', bound: null, holds: null });
});
