/** Hostile reports: nothing throws, everything is within bounds, and the cuts make no difference. FUZZ_RUNS says how many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReportReader } from './report-reader.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const PIECES = ['\r\n', '\n', '\r\n\r\n', '--x', '--x--', ' ', ';', ':', 'a', '@', '<', '>', '\\x{FC}', '\\x{', '\0', '\xff', 'Content-Type: multipart/report; boundary=x', 'Content-Type: message/delivery-status', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', 'Final-Recipient: rfc822;', 'Final-Recipient: utf-8;', 'Action: failed', 'Status: 5.1.1', 'Disposition: a/b; displayed', 'Will-Retry-Until: ((', 'Message-ID: <']; // prettier-ignore

test('hostile reports are read or are none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 60, size: 'max' }),
      fc.integer({ min: 1, max: 40 }),
      (pieces, size) => {
        const octets = Buffer.from(pieces.join(''), 'latin1');
        const whole = new ReportReader();
        whole.write(octets);
        const cut = new ReportReader();
        for (let at = 0; at < octets.length; at += size) cut.write(octets.subarray(at, at + size));
        const report = whole.end();
        assert.deepEqual(cut.end(), report);
        for (const { action, status = '5.1.1' } of report?.recipients ?? []) {
          assert.match(status, /^[245]\.\d{1,3}\.\d{1,3}$/);
          assert.notEqual(action as string | undefined, '');
        }
      },
    ),
    { numRuns },
  );
});
