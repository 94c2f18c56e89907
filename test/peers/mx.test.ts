/** Postfix found by name: a make-believe name server says where mail for a domain goes, or that it goes nowhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startZoneServer } from '../../src/dns/testing.ts';
import type { Zones } from '../../src/dns/testing.ts';
import { idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { readReport } from './dsn.ts';
import { maildrop } from './maildrop.ts';
import { requirePostfix, startPostfix } from './postfix.ts';

const ALICE = 'alice@a.test';

/** What is found at each domain. Nothing listens at 127.0.0.2, and nothing may be sent to 192.0.2.1 (RFC 5737). */
const ZONES: Zones = {
  'b.test': { mx: [[10, 'mx.b.test']] },
  'mx.b.test': { a: ['127.0.0.1'] },
  'second.test': {
    mx: [
      [10, 'away.second.test'],
      [20, 'mx.b.test'],
    ],
  },
  'away.second.test': { a: ['127.0.0.2'] },
  'without-mx.test': { a: ['127.0.0.1'] },
  'null.test': { mx: [[0, '']], a: ['127.0.0.1'] },
  'sick.test': { fails: 'servfail' },
  'empty.test': { txt: ['no mail here'] },
};

function send(host: RunningHost, to: string): Promise<string> {
  return sendMail(host.port('submission'), {
    login: { user: ALICE, password: PASSWORD },
    from: ALICE,
    to: [to],
    text: `From: ${ALICE}\nTo: ${to}\nSubject: to ${to}\n\nHello\n`,
  });
}

test('where the mail goes, the name server says', async (t) => {
  if (!requirePostfix(t, 'python3')) return;
  const zones = await startZoneServer(ZONES);
  t.after(() => zones.close());
  const domains = ['b.test', 'second.test', 'without-mx.test', 'null.test', 'sick.test'];
  const postfix = await startPostfix(t, { domains });
  const host = await startHost(t, {
    accounts: [ALICE],
    tables: [
      `[dns]\nservers = ["${zones.server}"]`,
      `[outbound]\nport = ${postfix.port}\nallow_private = true`,
      `[queue]\nretry = ["400ms"]\n`,
    ].join('\n'),
  });

  const found = [
    ['bob@b.test', 'the MX'],
    ['bob@second.test', 'the second MX, as the first one is away'],
    ['bob@without-mx.test', 'the address of the domain itself, as it has no MX (RFC 5321 §5.1)'],
  ] as const;
  for (const [to, way] of found) {
    await t.test(`${to}: ${way}`, async () => {
      const id = idIn(await send(host, to));
      await eventually('Bob has it', async () => {
        const all = await postfix.mailbox('bob');
        return all.some((message) => message.includes(`Subject: to ${to}`));
      });
      const journey = await eventually('the end of the journey', async () => {
        const { stdout } = await host.cli(['journey', id]);
        return stdout.includes('Handed on to') ? stdout : undefined;
      });
      assert.match(journey, /Try 1: we became the client; .*127\.0\.0\.1.* was the server, encrypted/);
      if (to !== 'bob@second.test') return;
      const { stdout } = await host.cli(['journey', id, '--json']);
      const considered = /"considered": ?\[\s*"away\.second\.test",\s*"mx\.b\.test"\s*\]/;
      assert.match(stdout, considered);
    });
  }

  const nowhere = [
    ['bob@null.test', '5.1.10', 'a null MX says that it takes no mail (RFC 7505)'],
    ['bob@no-such-domain.test', '5.1.2', 'there is no such domain'],
    ['bob@empty.test', '5.1.2', 'the domain has neither an MX nor an address'],
  ] as const;
  for (const [to, status, why] of nowhere) {
    await t.test(`${to}: ${why}, and Alice is told at once`, async () => {
      idIn(await send(host, to));
      const bounce = await eventually('the report', async () =>
        (await maildrop(host, ALICE)).findLast((message) => message.includes(`; ${to}`)),
      );
      const report = await readReport(bounce);
      assert.deepEqual(report.defects, []);
      assert.equal(report.recipients[0]?.['action'], 'failed');
      assert.equal(report.recipients[0]?.['status'], status);
      // No server said it, so no server is quoted (RFC 3464 §2.3.6).
      assert.doesNotMatch(report.recipients[0]?.['diagnostic-code'] ?? '', /^smtp;/);
      assert.equal(report.recipients[0]?.['remote-mta'], undefined);
    });
  }

  await t.test('nobody can say where bob@sick.test is: the message waits, and goes when somebody can', async () => {
    const id = idIn(await send(host, 'bob@sick.test'));
    const queue = await eventually('a failed try', async () => {
      const { stdout } = await host.cli(['journey', id]);
      return /Try 1/.test(stdout) ? stdout : undefined;
    });
    assert.doesNotMatch(queue, /Given up/);
    ZONES['sick.test'] = { mx: [[10, 'mx.b.test']] };
    await eventually('Bob has it', async () => {
      const all = await postfix.mailbox('bob');
      return all.some((message) => message.includes('Subject: to bob@sick.test'));
    });
  });
});
