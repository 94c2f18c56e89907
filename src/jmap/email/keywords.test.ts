import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKeyword, parseKeywords } from './keywords.ts';

test('[8621-4.1.1-keyword] a keyword has 1 to 255 printable characters without ( ) { ] % * " and \\', () => {
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code);
    const legal = code >= 0x21 && code <= 0x7e && !'(){]%*"\\'.includes(character);
    assert.equal(parseKeyword(`a${character}`) !== undefined, legal, JSON.stringify(character));
  }
  assert.equal(parseKeyword(''), undefined);
  assert.equal(parseKeyword('k'.repeat(255)), 'k'.repeat(255));
  assert.equal(parseKeyword('k'.repeat(256)), undefined);
});

test('[8621-4.1.1-keyword-case] keywords are lower case, and one is one however it is written', () => {
  assert.deepEqual(parseKeywords({ $Seen: true, $seen: true, Important: true }), ['$seen', 'important']);
});

test('[8621-4.1.1-keyword-set] a set of keywords has nothing but true in it', () => {
  for (const value of [null, [], 'a', 1, { a: false }, { a: 1 }, { a: null }, { 'a b': true }, { '': true }])
    assert.equal(parseKeywords(value), undefined, JSON.stringify(value));
  assert.deepEqual(parseKeywords({}), []);
});
