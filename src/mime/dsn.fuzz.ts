/** Long runs of hostile octets through the composing of reports; FUZZ_RUNS says how many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { composeReport } from './dsn.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const PIECES = ['a', 'B', '1', '@', '.', '-', ' ', '\t', '"', '\\', '<', '>', ',', ':', ';', '=', '?', '\r', '\n', '\r\n', '\0', '\x7f', 'ü', '😀', '\ud800', '\u2028', '\u0085', '=?utf-8?Q?', '?=', 'From:', '--=_report_', '--=_report_01_0']; // prettier-ignore
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30, size: 'max' }).map((pieces) => pieces.join(''));

test('what others say breaks no report', () => {
  fc.assert(
    fc.property(text, text, text, fc.constantFrom('alice@a.test', 'jürgen@a.test'), (a, b, c, to) => {
      const report = composeReport({
        id: '01', hostname: 'mx.a.test', at: 0, to, envid: a,
        recipients: [{ address: b, orcpt: c, action: 'failed', status: '5.0.0', remoteMta: a, diagnostic: c, problem: b }],
        header: Buffer.from(a), content: Buffer.from(`${a}\r\n\r\n${c}`),
      }); // prettier-ignore
      assert.equal(report.toString('latin1').split('\r\n--=_report_01_').length >= 5, true);
      const octets = to === 'alice@a.test' ? /^[^\0\r\n\x80-\xff]{0,998}$/ : /^[^\0\r\n]{0,998}$/;
      for (const line of report.toString('latin1').split('\r\n')) assert.match(line, octets);
    }),
    { numRuns },
  );
});
