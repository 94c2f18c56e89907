/** Who may relay: `relay explain` against the wire of the built program, and the old tricks tried on it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openKeeper } from '../../src/app/index.ts';
import type { Keeper } from '../../src/app/index.ts';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { addresses } from '../../src/servers/testing.ts';
import { Conversation } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

type Scenario = Parameters<Keeper['explainRelay']>[0];
interface Question {
  readonly from: string;
  readonly to: string;
}

const QUESTIONS = 1_000;
/** The program ends a connection after a hundred errors; a question makes at most two. */
const IN_ONE_CONNECTION = 45;

/** What the program answers, pipelined: the first refusal, or the reply to RCPT, without white space. */
async function ask(host: RunningHost, { service, login }: Scenario, questions: readonly Question[]): Promise<string[]> {
  const smtp = await Conversation.open(host.port(service));
  try {
    await smtp.reply();
    await smtp.ask(service === 'lmtp' ? 'LHLO x' : 'EHLO x');
    if (login !== undefined) {
      const response = Buffer.from(`\0${login}\0${PASSWORD}`).toString('base64');
      assert.match(await smtp.ask(`AUTH PLAIN ${response}`), /^235/);
    }
    const lines = questions.flatMap(({ from, to }) => {
      const utf8 = /[^\0-\x7f]/.test(from + to) ? ' SMTPUTF8' : '';
      return [`MAIL FROM:<${from}>${utf8}`, `RCPT TO:<${to}>`, 'RSET'];
    });
    smtp.send(lines.map((line) => `${line}\r\n`).join(''));
    const answers: string[] = [];
    for (const _ of questions) {
      const [sender, recipient] = [await smtp.reply(), await smtp.reply()];
      await smtp.reply();
      answers.push(plain(sender.startsWith('2') ? recipient : sender));
    }
    return answers;
  } finally {
    smtp.close();
  }
}

/** Lines joined, and what can't cross the wire as it crosses it (RFC 5321 §4.2). */
function plain(text: string): string {
  const joined = text.replace(/\n\d{3}[- ](\d\.\d\.\d+ )?/g, '').replace(/^(\d{3})-/, '$1');
  return joined.replace(/[^ -~]/gu, '?').replace(/ /g, '');
}

test('explain says what the built program answers, for a thousand senders and recipients', async (t) => {
  const host = await startHost(t, {
    domains: ['a.test', 'cat.test'],
    accounts: ['alice@a.test'],
    tables: '[lmtp]\nlisten = ["127.0.0.1:0"]\n[relay]\ndomains = ["b.test"]\n',
  });
  const loaded = loadConfig({ file: host.config, state: host.state, env: {} });
  assert.ok(loaded.kind === 'ok');
  const keeper = await openKeeper({
    config: loaded.config,
    stateDirectory: host.state,
    durability: 'full',
    clock: systemClock,
    log: silentLog,
  });
  t.after(() => keeper.close());
  const { directory } = keeper;
  await directory.addAccount('full@a.test', PASSWORD, 0);
  await directory.addAlias('team@a.test', ['alice@a.test', 'out@b.test'], false);
  await directory.addAlias('brim@a.test', ['full@a.test'], false);
  await directory.addAlias('*@cat.test', ['alice@a.test'], false);
  await directory.grant('alice@a.test', 'sales@b.test');
  await eventually('the server has seen it', async () => {
    const [answer] = await ask(host, scenarioOf('smtp'), [{ from: '', to: 'brim@a.test' }]);
    return answer?.startsWith('452');
  });

  const questions = fc.sample(fc.record({ from: addresses, to: addresses }), { numRuns: QUESTIONS, seed: 42 });
  const alice = scenarioOf('submission', 'alice@a.test');
  const scenarios = [scenarioOf('smtp'), alice, scenarioOf('lmtp'), alice, scenarioOf('submission')];
  const rules = new Set<string>();
  for (let at = 0, turn = 0; at < questions.length; at += IN_ONE_CONNECTION, turn++) {
    const some = questions.slice(at, at + IN_ONE_CONNECTION);
    const scenario = scenarios[turn % scenarios.length] as Scenario;
    const answers = await ask(host, scenario, some);
    for (const [i, question] of some.entries()) {
      const { reply, rule } = await keeper.explainRelay({ ...scenario, ...question });
      const explained = [reply.code, reply.enhanced ?? '', ...reply.lines].join(' ');
      assert.equal(answers[i], plain(explained), JSON.stringify({ ...scenario, ...question }));
      rules.add(rule);
    }
  }
  for (const rule of ['account', 'relay-denied', 'relay-login', 'relay-trick', 'sender-not-yours', 'lmtp-ours-only'])
    assert.ok(rules.has(rule), rule);
});

function scenarioOf(service: Scenario['service'], login?: string): Scenario {
  return { ip: '127.0.0.1', service, tls: false, from: '', to: '', ...(login === undefined ? {} : { login }) };
}

interface Tested {
  readonly relayed: number;
  readonly results: readonly { readonly service: string; readonly trick: string; readonly outcome: string }[];
}

async function relayTest(host: RunningHost, ...args: string[]): Promise<Tested & { readonly code: number }> {
  const ran = await host.cli(['relay', 'test', '--json', ...args]);
  assert.ok(ran.stdout !== '', ran.stderr);
  return { code: ran.code, ...(JSON.parse(ran.stdout) as Tested) };
}

test('[5321-3.6.2-relay] relay test: every trick is refused at every door, and no message is ever sent', async (t) => {
  const host = await startHost(t, {
    accounts: ['alice@a.test'],
    tables: '[lmtp]\nlisten = ["127.0.0.1:0"]\n',
  });
  const { code, relayed, results } = await relayTest(host, '--user', 'alice');
  assert.deepEqual([code, relayed], [0, 0]);
  assert.deepEqual([...new Set(results.map((one) => one.service))], ['smtp', 'lmtp', 'submission']);
  assert.ok(results.length > 120, `${results.length} tricks`);
  for (const one of results) assert.equal(one.outcome, 'refused', `${one.service} ${one.trick}`);
  const table = await host.cli(['relay', 'test']);
  assert.match(table.stdout, /smtp +percent-hack +refused +<someone%example\.net@a\.test> +550 5\.7\.1/);
  assert.match(table.stderr, /none was carried on/);
  const shown = JSON.parse((await host.cli(['account', 'show', 'alice@a.test', '--json'])).stdout) as object;
  assert.equal((shown as { usedMessages: number }).usedMessages, 0);

  const elsewhere = await relayTest(
    host,
    '--host',
    '127.0.0.1',
    '--port',
    String(host.port('smtp')),
    '--domain',
    'a.test',
  );
  assert.equal(elsewhere.code, 0);
  assert.equal((await host.cli(['relay', 'test', '--host', '127.0.0.1'])).code, 2);
  await host.stop();
  const nobody = await host.cli(['relay', 'test']);
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /No server that takes mail is running/);
});

test('relay test: a proxy that makes everybody look local is found; a catch-all is no relay', async (t) => {
  const trusting = await startHost(t, { tables: '[relay]\nnetworks = ["127.0.0.0/8"]\n', accounts: ['alice@a.test'] });
  const { code, relayed, results } = await relayTest(trusting);
  assert.equal(code, 1);
  assert.ok(relayed > 0);
  const came = (trick: string): string | undefined =>
    results.find((one) => one.service === 'smtp' && one.trick === trick)?.outcome;
  assert.deepEqual([came('plain'), came('null-sender'), came('percent-hack')], ['relayed', 'relayed', 'refused']);
  assert.match((await trusting.cli(['relay', 'test'])).stdout, /smtp +plain +RELAYED/);

  const catching = await startHost(t, { accounts: ['alice@a.test'] });
  assert.equal((await catching.cli(['alias', 'add', '*@a.test', 'alice@a.test'])).code, 0);
  const caught = await relayTest(catching);
  assert.equal(caught.code, 0);
  const hack = caught.results.find((one) => one.service === 'smtp' && one.trick === 'percent-hack');
  assert.equal(hack?.outcome, 'ours');
});
