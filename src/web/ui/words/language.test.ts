import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf, pseudo } from './language.ts';
import { many } from './many.ts';

test('language: English unless a test asks for another', () => {
  assert.deepEqual(languageOf(''), { tag: 'en', direction: 'ltr', pseudo: false });
  assert.equal(languageOf('?lang=xx').pseudo, false);
  assert.equal(languageOf('?lang=ar-XB').direction, 'rtl');
});

test('language: the pseudo one reaches every word, through functions too', () => {
  const words = pseudo({ a: 'open', b: { c: (n: number) => `${n} of all` }, d: ['no'], e: '' });
  assert.equal(words.a, '[øpëñ]');
  assert.equal(words.b.c(2), '[2 øf áll]');
  assert.deepEqual(words.d, ['[ñø]']);
  assert.equal(words.e, '');
});

test('many: one, several, and numbers with separators', () => {
  assert.equal(many(1, 'one message', '# messages'), 'one message');
  assert.equal(many(0, 'one message', '# messages'), '0 messages');
  assert.equal(many(100_214, 'one message', '# messages'), '100,214 messages');
});
