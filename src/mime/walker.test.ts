import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import { EntityWalker, WALK_LIMITS } from './walker.ts';
import type { HeaderSection, Visitor, WalkLimits } from './walker.ts';

/** The sections of a message whose lines are given, joined by "|"; the empty ones aren't there. */
function sections(lines: string, limits: Partial<WalkLimits> = {}): readonly string[] {
  const content = Buffer.from(lines.replaceAll('|', '\r\n'));
  const found: string[] = [];
  const walker = new EntityWalker(
    {
      header: ({ at, octets }) => {
        assert.ok(content.subarray(at).indexOf(octets) === 0, 'it lies where it says');
        if (octets.length > 0) found.push(octets.toString().replaceAll('\r\n', '|'));
      },
    },
    { ...WALK_LIMITS, ...limits },
  );
  walker.write(content);
  walker.end();
  return found;
}

/** Without those of the multiparts, whose first field says nothing that is asked for. */
function parts(lines: string, limits?: Partial<WalkLimits>): readonly string[] {
  return sections(lines, limits).slice(1);
}

const M = 'Content-Type: multipart/mixed; boundary=b|';

test('a message that is no multipart has one section', () => {
  assert.deepEqual(sections('A: b|C: d||text|'), ['A: b|C: d|']);
  assert.deepEqual(sections('A: b|'), ['A: b|']);
  assert.deepEqual(sections('A: b'), ['A: b']);
  assert.deepEqual(sections('|text'), []);
  assert.deepEqual(sections(''), []);
  assert.deepEqual(sections('Content-Type: text/plain; boundary=b||--b|A: b||'), [
    'Content-Type: text/plain; boundary=b|',
  ]);
});

test('[6857-5-parts] the parts of a multipart, to its closing delimiter', () => {
  assert.deepEqual(parts(`${M}|A: no||--b|A: 1|B: 2||A: no||--b||no: header|--b|A: 3||--b--|--b|A: no||`), [
    'A: 1|B: 2|',
    'A: 3|',
  ]);
  assert.deepEqual(parts(`${M}|--b|A: 1|--b|A: 2|--b--|`), ['A: 1|', 'A: 2|'], 'no empty line, no text');
  assert.deepEqual(parts(`${M}|--b|A: 1||--b|A: 2`), ['A: 1|', 'A: 2'], 'cut off');
  assert.deepEqual(parts(`${M}|--b|A: 1|--b`), ['A: 1|'], 'cut off at a delimiter');
  assert.deepEqual(parts(`${M}|--b \t|A: 1||--b-- |--b|A: no`), ['A: 1|'], 'blanks behind');
  assert.deepEqual(parts(`${M}|--bb|A: no||-b|A: no||x--b|A: no||--b-|A: no|| --b|A: no||`), []);
  assert.deepEqual(parts(`${M.replaceAll('|', '\n')}\n--b\nA: 1\n\n--b\nA: 2\n\n`), ['A: 1\n', 'A: 2\n'], 'LF alone');
});

test('[6857-5-parts] multiparts and messages within parts', () => {
  const inner = 'Content-Type: multipart/alternative; boundary=c|';
  assert.deepEqual(parts(`${M}|--b|${inner}|--c|A: 1||--c--|--c|A: no||--b|A: 2||--b--|`), [inner, 'A: 1|', 'A: 2|']);
  assert.deepEqual(parts(`${M}|--b|${inner}|--c|A: 1||--b|A: 2||--c|A: no||`), [inner, 'A: 1|', 'A: 2|'], 'unclosed');
  assert.deepEqual(parts(`${M}|--b|${inner}|--c|A: 1||--b--|--c|A: no||`), [inner, 'A: 1|']);
  for (const type of ['message/rfc822', 'Message/Global', 'message/global-headers', 'text/rfc822-headers']) {
    const message = `Content-Type: ${type}|`;
    assert.deepEqual(parts(`${M}|--b|${message}|A: 1||A: no||--b|A: 2||`), [message, 'A: 1|', 'A: 2|']);
    assert.deepEqual(parts(`${message}|${message}|${M}|--b|A: 1||`), [message, M, 'A: 1|'], 'all in each other');
  }
  assert.deepEqual(parts(`${M.replace('mixed', 'digest')}|--b||A: 1||--b|A: 2||A: 3||--b|Content-Type: a/b||A: no||`), [
    'A: 1|',
    'A: 2|',
    'A: 3|',
    'Content-Type: a/b|',
  ]);
});

test('what is no field ends the header of a part, and begins its text', () => {
  assert.deepEqual(parts(`${M}|--b|A: 1| folded|text ü|B: no||--b|text|--b|Ä: no||--b|A: 2|\tx||--b--|`), [
    'A: 1| folded|',
    'A: 2|\tx|',
  ]);
  const message = 'Content-Type: message/rfc822|';
  assert.deepEqual(parts(`${M}|--b|${message}text|A: no||`), [message], 'and there is no message either');
});

/** Everything a visitor is told: "[type end]" for a header, with "+" where it is looked into, "<line>", and text. */
function told(lines: string, visitor: Partial<Visitor> = {}, limits: Partial<WalkLimits> = {}): string {
  let all = '';
  const add = (octets: Buffer): unknown => (all += octets.toString('latin1').replaceAll('\r\n', '|'));
  const header = ({ entity, end, entered }: HeaderSection): void => {
    all += `[${entity.type}${end === 'empty-line' ? '' : ` ${end}`}${entered ? '+' : ''}]`;
  };
  const delimiter = (octets: Buffer): void => {
    all += '<';
    add(octets);
    all += '>';
  };
  const walker = new EntityWalker({ header, delimiter, text: add, ...visitor }, { ...WALK_LIMITS, ...limits });
  walker.write(Buffer.from(lines.replaceAll('|', '\r\n'), 'latin1'));
  walker.end();
  return all;
}

/** The grammar is that of RFC 2046 §5.1.1; where it leaves something open, this is what is taken. */
const DECIDED: readonly (readonly [what: string, lines: string, told: string])[] = [
  ['the line end before a delimiter is none of the text', '--b||a||--b||--b--||', '<--b|>[text/plain]a|<|--b|>[text/plain]<--b--|>|'],
  ['a line feed alone too', '--b\n\na\n\n--b--\n', '<--b\n>[text/plain]a\n<\n--b--\n>'],
  ['the padding is blanks and tabs', '--b \t ||a|--b-- \t|', '<--b \t |>[text/plain]a<|--b-- \t|>'],
  ['and a CR too many', '--b\r||a|--b--\r|', '<--b\r|>[text/plain]a<|--b--\r|>'],
  ['no other blank is', '--b||a|--b\xa0|--b\f|--b--\v|', '<--b|>[text/plain]a|--b\xa0|--b\f|--b--\v|'],
  ['up to a line of 998 octets', `--b${' '.repeat(995)}||a`, `<--b${' '.repeat(995)}|>[text/plain]a`],
  ['and no longer', `--b${' '.repeat(996)}||a`, `--b${' '.repeat(996)}||a`],
  ['a longer boundary is another one', '--b||a|--bb|--b-|--b---|', '<--b|>[text/plain]a|--bb|--b-|--b---|'],
  ['there are no blanks before it', '--b||a| --b|', '<--b|>[text/plain]a| --b|'],
  ['a delimiter ends a header', '--b|A: b|--b--', '<--b|>[text/plain none]<--b-->'],
  ['so does what is no field, and is text', '--b|A: b|a: b|c|A: b|--b--', '<--b|>[text/plain text]c|A: b<|--b-->'],
  ['a multipart without the empty line is text', `--b|${M.replace('=b', '=c')}c|--c||--b--`, '<--b|>[multipart/mixed text]c|--c|<|--b-->'],
  ['so is a message', '--b|Content-Type: message/rfc822|c|A: b||--b--', '<--b|>[message/rfc822 text]c|A: b|<|--b-->'],
  ['nothing behind a delimiter is no part', '--b||a|--b|', '<--b|>[text/plain]a<|--b|>'],
  ['behind the last delimiter there are no parts', '--b||a|--b--|--b|b', '<--b|>[text/plain]a<|--b--|>--b|b'],
  ['the innermost has a boundary that is there twice', `--b|${M}|--b||a|--b--|--b||a`, '<--b|>[multipart/mixed+]<--b|>[text/plain]a<|--b--|><--b|>[text/plain]a'],
  ['of a multipart that says it is encoded the parts are there', `--b|${M.replace('=b', '=c')}Content-Transfer-Encoding: base64||--c||a`, '<--b|>[multipart/mixed+]<--c|>[text/plain]a'],
  ['a message that is encoded is not looked into', '--b|Content-Type: message/global|Content-Transfer-Encoding: base64||A: b||', '<--b|>[message/global]A: b||'],
  ['a label of no encoding is none', '--b|Content-Type: message/global|Content-Transfer-Encoding: 8BIT (yes)||A: b||c', '<--b|>[message/global+][text/plain]c'],
  ['part of a message is none', '--b|Content-Type: message/partial||A: b||', '<--b|>[message/partial]A: b||'],
  ['a type that cannot be read is plain text', '--b|Content-Type: nothing||a', '<--b|>[text/plain]a'],
]; // prettier-ignore

for (const [what, lines, expected] of DECIDED) {
  test(`decided by RFC 2046 §5.1: ${what}`, () => {
    assert.equal(told(`${M}|${lines}`), `[multipart/mixed+]${expected}`);
  });
}

test('decided by RFC 2046 §5.1.5: in a digest a part that says nothing is a message, and one that cannot be read is text', () => {
  assert.equal(
    told('Content-Type: multipart/digest; boundary=b||--b||A: b||c|--b|Content-Type: nothing||a|--b|A: b|text|--b--'),
    '[multipart/digest+]<--b|>[message/rfc822+][text/plain]c<|--b|>[text/plain]a<|--b|>[message/rfc822 text]text<|--b-->',
  );
});

test('what the visitor does not enter is text, and only what could be entered is asked for', () => {
  const asked: string[] = [];
  const enters = ({ type }: HeaderSection['entity']): boolean => {
    asked.push(type);
    return type !== 'multipart/signed';
  };
  assert.equal(
    told(`${M}|--b|Content-Type: multipart/signed; boundary=c||--c||a|--b|Content-Type: text/html||a`, { enters }),
    '[multipart/mixed+]<--b|>[multipart/signed]--c||a<|--b|>[text/html]a',
  );
  assert.deepEqual(asked, ['multipart/mixed', 'multipart/signed']);
});

test('what is beyond a limit is told, and passed over; or what is thrown comes out', () => {
  const cases: readonly (readonly [keyof WalkLimits, number, string, string])[] = [
    ['depth', 1, `--b|${M.replace('=b', '=c')}|--c||a|--b||b`, '<--b|>[multipart/mixed]--c||a<|--b|>[text/plain]b'],
    ['sections', 2, '--b||a|--b||b|--b--|', '<--b|>[text/plain]a<|--b|>'],
    ['octets', 60, `--b|A: ${'x'.repeat(60)}||a|--b||b`, '<--b|><|--b|>[text/plain]b'],
  ];
  for (const [limit, most, lines, expected] of cases) {
    const beyond: string[] = [];
    const passed = told(`${M}|${lines}`, { beyond: (which) => beyond.push(which) }, { [limit]: most });
    assert.equal(passed, `[multipart/mixed+]${expected}`);
    assert.deepEqual(beyond, [limit]);
    const refuse = (which: string): never => {
      throw new Error(which);
    };
    assert.throws(() => told(`${M}|${lines}`, { beyond: refuse }, { [limit]: most }), { message: limit });
  }
});

test('limits: depth, number of sections, octets of one', () => {
  const nested = Array.from({ length: 40 }, (_, n) => `Content-Type: multipart/x; boundary=${n}||--${n}|`).join('');
  assert.equal(sections(`${nested}A: 1||`).length, WALK_LIMITS.depth + 1);
  assert.deepEqual(parts(`${M}|--b|${M.replace('=b', '=c')}|--c|A: no||--b|A: 1||`, { depth: 1 }).at(-1), 'A: 1|');
  assert.deepEqual(parts(`${M}|--b|A: 1||--b|A: 2||--b|A: no||`, { sections: 3 }), ['A: 1|', 'A: 2|']);
  const octets = 200;
  const small = `A: ${'x'.repeat(octets - 5)}|`;
  assert.deepEqual(parts(`${M}|--b|${small}||--b|${small} ||--b|x${small}|--b|A: 1||`, { octets }), [small, 'A: 1|']);
  const endless = `A: ${'x'.repeat(1_000)}`;
  assert.deepEqual(parts(`${M}|--b|${endless}`, { octets }), []);
});

test('hostile lines take bounded time', () => {
  const nested = Array.from({ length: 32 }, (_, n) => `Content-Type: multipart/x; boundary=${n}||--${n}|`).join('');
  const begin = Buffer.from(nested.replaceAll('|', '\r\n'));
  for (const piece of ['--x\r\n', `--${' '.repeat(240)}x\r\n`, '--31\r\n', '--31\r\n\r\n', '-', '\r\n', 'A: b\r\n']) {
    const chunk = Buffer.from(piece.repeat(Math.floor(65_536 / piece.length)));
    let found = 0;
    const walker = new EntityWalker({ header: () => (found += 1) });
    const spent = cpuClock();
    walker.write(begin);
    for (let octets = 0; octets < 10_000_000; octets += chunk.length) walker.write(chunk);
    walker.end();
    const took = spent();
    assert.ok(took < 10_000, `${JSON.stringify(piece.slice(0, 8))}: ${took} ms`);
    assert.ok(found <= WALK_LIMITS.sections);
  }
});

test('lines that come a few octets at a time take bounded time too', () => {
  const begin = Buffer.from(M.replaceAll('|', '\r\n'));
  for (const line of [
    `\r\n--b${' '.repeat(900)}x\r\n`,
    `\r\n--b\r\nA: ${'x'.repeat(300_000)}`,
    '\r\n-',
    '\r\n--b\r\nx\r\n',
  ]) {
    const octets = Buffer.from(line.repeat(Math.ceil(300_000 / line.length)));
    const walker = new EntityWalker({ header: () => undefined });
    const spent = cpuClock();
    walker.write(begin);
    for (let at = 0; at < octets.length; at += 3) walker.write(octets.subarray(at, at + 3));
    walker.end();
    const took = spent();
    assert.ok(took < 5_000, `${JSON.stringify(line.slice(0, 8))}: ${took} ms`);
  }
});
