import assert from 'node:assert/strict';
import test from 'node:test';
import { attachedWord } from './attached-word.ts';

test('a letter that speaks of an attachment is noticed, in several languages', () => {
  const good: readonly [string, string][] = [
    ['Please see attached.', 'attached'],
    ['I attach the plan', 'attach'],
    ['The attachments are new', 'attachments'],
    ['anbei der Plan', 'anbei'],
    ['Siehe im  Anhang', 'im  Anhang'],
    ['Vous trouverez ci-joint le plan', 'ci-joint'],
    ['La pièce jointe', 'pièce jointe'],
    ['請看附件', '附件'],
    ['смотри во вложении', 'во вложении'],
  ];
  for (const [text, word] of good) assert.equal(attachedWord(text), word, text);
});

test('words that only look like it are let be', () => {
  for (const text of ['We are detached.', 'unattached', 'Nothing here', 'Anlagenbau', ''])
    assert.equal(attachedWord(text), undefined, text);
});

test('quotes and signatures don’t count', () => {
  assert.equal(attachedWord('Fine!\n> see attached\n>> attachment'), undefined);
  assert.equal(attachedWord('Fine!\n-- \nAny attachment is confidential'), undefined);
  assert.equal(attachedWord('see attached\n> old'), 'attached');
});
