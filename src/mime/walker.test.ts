import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PART_LIMITS, PartScanner } from './walker.ts';
import type { PartLimits } from './walker.ts';

/** The sections of a message whose lines are given, joined by "|"; the empty ones aren't there. */
function sections(lines: string, limits: Partial<PartLimits> = {}): readonly string[] {
  const content = Buffer.from(lines.replaceAll('|', '\r\n'));
  const found: string[] = [];
  const scanner = new PartScanner(
    ({ at, octets }) => {
      assert.ok(content.subarray(at).indexOf(octets) === 0, 'it lies where it says');
      found.push(octets.toString().replaceAll('\r\n', '|'));
    },
    { ...PART_LIMITS, ...limits },
  );
  scanner.write(content);
  scanner.end();
  return found;
}

/** Without those of the multiparts, whose first field says nothing that is asked for. */
function parts(lines: string, limits?: Partial<PartLimits>): readonly string[] {
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

test('limits: depth, number of sections, octets of one', () => {
  const nested = Array.from({ length: 40 }, (_, n) => `Content-Type: multipart/x; boundary=${n}||--${n}|`).join('');
  assert.equal(sections(`${nested}A: 1||`).length, PART_LIMITS.depth + 1);
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
    const scanner = new PartScanner(() => (found += 1));
    const before = performance.now();
    scanner.write(begin);
    for (let octets = 0; octets < 10_000_000; octets += chunk.length) scanner.write(chunk);
    scanner.end();
    const took = performance.now() - before;
    assert.ok(took < 10_000, `${JSON.stringify(piece.slice(0, 8))}: ${took} ms`);
    assert.ok(found <= PART_LIMITS.sections);
  }
});
