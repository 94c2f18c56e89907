/** Our own conformance suite against the built program; `node test/conformance/main.ts` plays it to Dovecot and Postfix too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCase } from '../conformance/case.ts';
import type { Case } from '../conformance/case.ts';
import { POP3_CASES } from '../conformance/pop3/cases.ts';
import { POP3_TIMEOUTS } from '../conformance/pop3/endings.ts';
import { startFastPosthorn, startPosthorn, startPosthornSubmission } from '../conformance/posthorn.ts';
import { SMTP_CASES } from '../conformance/smtp/cases.ts';
import { SUBMISSION_CASES } from '../conformance/smtp/submission.ts';
import { SMTP_TIMEOUTS } from '../conformance/smtp/timeouts.ts';
import { requirePeer } from './peers.ts';

async function failures<Server>(cases: readonly Case<Server>[], server: Server): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const one of cases) failed.push(...(await failure(one, server)));
  return failed;
}

async function failure<Server>(one: Case<Server>, server: Server): Promise<readonly string[]> {
  const outcome = await runCase(one, server);
  return outcome.passed ? [] : [`${one.id} (${one.level}): ${outcome.expected}; given: ${outcome.given}`];
}

test('the conformance suite, every case of it', async (t) => {
  const { smtp, pop3 } = await startPosthorn(t);

  await t.test(`SMTP: ${SMTP_CASES.length} cases`, async () => {
    assert.ok(SMTP_CASES.length >= 215);
    assert.deepEqual(await failures(SMTP_CASES, smtp), []);
  });

  await t.test(`POP3: ${POP3_CASES.length} cases`, async () => {
    assert.ok(POP3_CASES.length >= 125);
    assert.deepEqual(await failures(POP3_CASES, pop3), []);
  });

  await t.test(`submission: ${SUBMISSION_CASES.length} cases`, async (t) => {
    assert.ok(SUBMISSION_CASES.length >= 35);
    assert.deepEqual(await failures(SUBMISSION_CASES, await startPosthornSubmission(t)), []);
  });

  await t.test(`time-outs: ${SMTP_TIMEOUTS.length} of SMTP, ${POP3_TIMEOUTS.length} of POP3`, async (t) => {
    if (requirePeer(t, 'faketime') === undefined) return;
    const fast = await startFastPosthorn(t);
    const failed = await Promise.all([
      ...SMTP_TIMEOUTS.map((one) => failure(one, fast.smtp)),
      ...POP3_TIMEOUTS.map((one) => failure(one, fast.pop3)),
    ]);
    assert.ok(failed.length >= 15);
    assert.deepEqual(failed.flat(), []);
  });

  await t.test('every case has an id of its own', () => {
    const suites = [SMTP_CASES, SUBMISSION_CASES, SMTP_TIMEOUTS, POP3_CASES, POP3_TIMEOUTS];
    const ids = suites.flatMap((cases) => cases.map((one) => one.id));
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    );
  });
});
