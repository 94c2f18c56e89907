import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findLines, lineOf } from './lines.ts';

const TEXT = `# hostname = "no"
hostname = "mx.a.test" # [not] a table
domains = [
  "a.test", # the first
  "b.test",
]
outbound.timeouts.connect = "1s"

[smtp]
listen = ["127.0.0.1:1", "127.0.0.1:2"]
text = """
[fake]
key = "no"
"""
"quo ted" = 'a # b = c'
[outbound.timeouts]
dot = "1s"
[[route]]
domain = "b.test"
login = { user = "u", password_file = "p" }
[[route]]
domain = "c.test"
[route.login]
user = "v"
`;

test('each setting is found on its line', () => {
  const lines = findLines(TEXT);
  const expected: Readonly<Record<string, number>> = {
    hostname: 2,
    domains: 3,
    'domains[0]': 4,
    'domains[1]': 5,
    'outbound.timeouts.connect': 7,
    smtp: 9,
    'smtp.listen': 10,
    'smtp.listen[1]': 10,
    'smtp.text': 11,
    'smtp.quo ted': 15,
    'outbound.timeouts.dot': 17,
    'route[0]': 18,
    'route[0].domain': 19,
    'route[0].login.user': 20,
    'route[0].login.password_file': 20,
    'route[1].domain': 22,
    'route[1].login.user': 24,
  };
  for (const [path, line] of Object.entries(expected)) assert.equal(lines.get(path), line, path);
  assert.equal(lines.has('fake'), false);
  assert.equal(lines.has('smtp.key'), false);
});

test('what has no line of its own has that of what it stands in', () => {
  const lines = findLines(TEXT);
  assert.equal(lineOf(lines, 'route[1].host'), 21);
  assert.equal(lineOf(lines, 'domains[7]'), 3);
  assert.equal(lineOf(lines, 'nothing.here'), undefined);
});

test('line ends of either kind', () => {
  assert.equal(findLines('a = 1\r\n\r\nb = [\r\n1,\r\n2]\r\n').get('b[1]'), 5);
});

test('any text comes to an end', () => {
  const pieces = fc.constantFrom(
    '[',
    ']',
    '[[',
    '{',
    '}',
    '=',
    '"',
    "'",
    '"""',
    "'''",
    '\\',
    '.',
    ',',
    '#',
    '\n',
    'a',
    ' ',
    '1',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      assert.ok(findLines(parts.join('')).size <= 200);
    }),
  );
  for (const piece of ['[', '{', 'a={', 'a=[', '\n', '#\n', '"', 'a='])
    assert.ok(findLines(piece.repeat(100_000)).size <= 200_001);
});
