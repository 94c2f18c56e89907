import assert from 'node:assert/strict';
import test from 'node:test';
import { nearAddress } from './correspondents.ts';

const KNOWN = ['bob@b.test', 'carol.stone@example.org', 'dave@gmail.com'];

const CASES: Readonly<Record<string, string | undefined>> = {
  'eve@gmial.com': 'eve@gmail.com',
  'eve@gmail.con': 'eve@gmail.com',
  'eve@exmaple.org': 'eve@example.org',
  'carol.stnoe@example.org': 'carol.stone@example.org',
  'dave@gmail.com': undefined,
  'eve@gmail.com': undefined,
  'eve@outlook.com': undefined,
  'bbo@c.test': undefined,
  'somebody@quite-different.example': undefined,
  'x@b.test': undefined,
};

test('a slip of the finger is noticed, another address is not', () => {
  for (const [typed, meant] of Object.entries(CASES)) assert.equal(nearAddress(typed, KNOWN), meant, typed);
});

test('short names are not guessed at', () => {
  assert.equal(nearAddress('bbo@b.test', KNOWN), undefined);
  assert.equal(nearAddress('me@x.tst', ['me@y.tst']), undefined);
});
