/** Our own conformance suite against the built program; `node test/conformance/main.ts` plays it to Dovecot and Postfix too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCase } from '../conformance/case.ts';
import type { Case } from '../conformance/case.ts';
import { POP3_CASES } from '../conformance/pop3/cases.ts';
import { startPosthorn } from '../conformance/posthorn.ts';
import { SMTP_CASES } from '../conformance/smtp/cases.ts';

async function failures<Server>(cases: readonly Case<Server>[], server: Server): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const one of cases) {
    const outcome = await runCase(one, server);
    if (!outcome.passed) failed.push(`${one.id} (${one.level}): ${outcome.expected}; given: ${outcome.given}`);
  }
  return failed;
}

test('the conformance suite, every case of it', async (t) => {
  const { smtp, pop3 } = await startPosthorn(t);

  await t.test(`SMTP: ${SMTP_CASES.length} cases`, async () => {
    assert.ok(SMTP_CASES.length >= 150);
    assert.deepEqual(await failures(SMTP_CASES, smtp), []);
  });

  await t.test(`POP3: ${POP3_CASES.length} cases`, async () => {
    assert.ok(POP3_CASES.length >= 90);
    assert.deepEqual(await failures(POP3_CASES, pop3), []);
  });

  await t.test('every case has an id of its own', () => {
    const ids = [...SMTP_CASES, ...POP3_CASES].map((one) => one.id);
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    );
  });
});
