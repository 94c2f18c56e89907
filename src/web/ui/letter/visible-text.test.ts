import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visibleString, visibleText } from './visible-text.ts';

const SHOWN_AS_IT_IS: Readonly<Record<string, string>> = {
  'plain text': 'Re: Lunch',
  'accents, composed and not': 'Zoë Zoe\u0308',
  Hebrew: 'שלום Re: \u200Fשלום',
  'Persian with a non-joiner': 'می\u200Cخواهم',
  'Hindi with a joiner': 'क्\u200Dष',
  'a family': '👨\u200D👩\u200D👧',
  'a heart in colour': '❤\uFE0F',
  'the flag of Wales': '🏴\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}',
  'four marks on a letter (Vietnamese, Hebrew with points)': 'a\u0301\u0302\u0323\u0304',
};

for (const [what, text] of Object.entries(SHOWN_AS_IT_IS)) {
  test(`${what} is shown as it is`, () => {
    assert.deepEqual(visibleText(text), [{ kind: 'text', text }]);
  });
}

const CHIPS: Readonly<Record<string, readonly [text: string, shown: string]>> = {
  'a right-to-left override in a file name': ['invoice\u202Efdp.exe', 'invoice[U+202E]fdp.exe'],
  'isolates without an end': ['\u2067abc', '[U+2067]abc'],
  'a mark of direction among Latin letters': ['pay\u200Fpal', 'pay[U+200F]pal'],
  'a zero-width space': ['pay\u200Bpal', 'pay[U+200B]pal'],
  'a non-joiner among Latin letters': ['pay\u200Cpal', 'pay[U+200C]pal'],
  'a soft hyphen': ['pay\u00ADpal', 'pay[U+00AD]pal'],
  'a Hangul filler': ['a\u3164b', 'a[U+3164]b'],
  'tags that hide text': ['hi\u{E0061}\u{E0062}', 'hi[U+E0061][U+E0062]'],
  NUL: ['a\0b', 'a[U+0000]b'],
  'an escape sequence': ['\u001B[31mred', '[U+001B][31mred'],
  'a byte order mark': ['\uFEFFhello', '[U+FEFF]hello'],
  'a heap of marks': [`a${'\u0301'.repeat(50)}b`, `a${'\u0301'.repeat(4)}[U+0301]b`],
  'line ends become spaces': ['a\r\nb\tc', 'a  b c'],
};

for (const [what, [text, shown]] of Object.entries(CHIPS)) {
  test(`${what}: ${JSON.stringify(shown)}`, () => {
    assert.equal(visibleString(text), shown);
  });
}

test('a chip says in words what it stands for', () => {
  assert.deepEqual(visibleText('\u202E'), [
    { kind: 'chip', code: 'U+202E', name: 'everything from here right to left' },
  ]);
  assert.deepEqual(visibleText(`a${'\u0301'.repeat(10)}`)[1], {
    kind: 'chip',
    code: 'U+0301',
    name: '6 more marks on one letter',
  });
});

test('a long text of suspects is read in time that grows with its length', () => {
  assert.equal(visibleText('\u202Ea'.repeat(50_000)).length, 100_000);
  assert.equal(visibleText('a\u200D\u200F\uFE0F'.repeat(50_000)).length, 200_000);
});
