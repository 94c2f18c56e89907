import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Router, Routing } from '../accounts/index.ts';
import type { Address } from '../mail/index.ts';
import type { Suppression } from '../store/index.ts';
import { decideRecipient, decideSender, RELAY_RULES } from './relay.ts';
import type { RelayQuestion, RelaySettings } from './relay.ts';

const ALICE = { id: 'alice-id', local: 'alice', domain: 'a.test', createdAt: 0, usedOctets: 0, usedMessages: 0 };
const FULL = { ...ALICE, id: 'full-id', local: 'full', quota: 10, usedOctets: 10 };

/** a.test is ours, with alice, a full mailbox and a broken alias. */
const router: Router = {
  route(address: Address): Promise<Routing> {
    if (address.domain !== 'a.test') return Promise.resolve({ kind: 'not-ours' });
    if (address.local === 'loop') return Promise.resolve({ kind: 'unusable', why: 'it goes in a circle' });
    const account = address.local === 'alice' ? ALICE : address.local === 'full' ? FULL : undefined;
    if (account === undefined) return Promise.resolve({ kind: 'unknown' });
    return Promise.resolve({
      kind: 'targets',
      rule: 'account',
      targets: [{ kind: 'account', account, address, rule: 'account', via: [] }],
    });
  },
  belongsTo: () => Promise.reject(new Error('what may be sent as is more than what is delivered here')),
  maySendAs: (address, account) =>
    Promise.resolve(
      ['alice', 'granted'].includes(address.local) && address.domain === 'a.test' && account === ALICE.id,
    ),
};

const CLOSED: RelaySettings = { networks: [], domains: [], open: false };
const STRANGER: RelayQuestion = {
  service: 'smtp',
  ip: '192.0.2.1',
  tls: false,
  from: { local: 'x', domain: 'x.test' },
};
const LOGIN = { account: ALICE.id, name: 'alice@a.test' };

const ANSWER: Suppression = {
  address: 'bob@b.test',
  madeBy: 'answer',
  at: 0,
  reply: '550 5.1.1 nobody',
  host: 'mx.b.test',
};

interface Case {
  readonly to: readonly [string, string];
  readonly question?: Partial<RelayQuestion>;
  readonly settings?: Partial<RelaySettings>;
  readonly suppression?: Suppression;
  /** The rule, and the code of a refusal. */
  readonly rule: string;
  readonly code?: number;
}

const CASES: Readonly<Record<string, Case>> = {
  'ours: taken from everyone': { to: ['alice', 'a.test'], rule: 'account' },
  'ours and full': { to: ['full', 'a.test'], rule: 'over-quota', code: 452 },
  'an unusable alias': { to: ['loop', 'a.test'], rule: 'alias-unusable', code: 550 },
  'an unknown user of ours': { to: ['bbo', 'a.test'], rule: 'unknown-user', code: 550 },
  'the percent hack': { to: ['x%other.test', 'a.test'], rule: 'relay-trick', code: 550 },
  'a bang path': { to: ['other.test!x', 'a.test'], rule: 'relay-trick', code: 550 },
  'an address inside a quoted local part': { to: ['x@other.test', 'a.test'], rule: 'relay-trick', code: 550 },
  'elsewhere, from a stranger': { to: ['bob', 'b.test'], rule: 'relay-denied', code: 550 },
  'elsewhere, from loopback: no trust by address': {
    to: ['bob', 'b.test'],
    question: { ip: '127.0.0.1' },
    rule: 'relay-denied',
    code: 550,
  },
  'elsewhere, from the null sender': {
    to: ['bob', 'b.test'],
    question: { from: null },
    rule: 'relay-denied',
    code: 550,
  },
  'elsewhere, from one of us without a login': {
    to: ['bob', 'b.test'],
    question: { from: { local: 'alice', domain: 'a.test' } },
    rule: 'relay-denied',
    code: 550,
  },
  'elsewhere, logged in': {
    to: ['bob', 'b.test'],
    question: { service: 'submission', login: LOGIN },
    rule: 'relay-login',
  },
  'elsewhere, logged in, to an address that does not exist': {
    to: ['bob', 'b.test'],
    question: { service: 'submission', login: LOGIN },
    suppression: ANSWER,
    rule: 'suppressed',
    code: 550,
  },
  'elsewhere, logged in, to a domain that takes no mail': {
    to: ['bob', 'b.test'],
    question: { service: 'submission', login: LOGIN },
    suppression: { ...ANSWER, reply: '556 5.1.10 b.test takes no mail' },
    rule: 'suppressed',
    code: 556,
  },
  'elsewhere, without a login: what is not written to is asked about by nobody': {
    to: ['bob', 'b.test'],
    settings: { networks: ['192.0.2.0/24'] },
    suppression: ANSWER,
    rule: 'relay-network',
  },
  'ours, logged in: what is not written to is asked about by nobody': {
    to: ['alice', 'a.test'],
    question: { service: 'submission', login: LOGIN },
    suppression: ANSWER,
    rule: 'account',
  },
  'elsewhere, from a listed network': {
    to: ['bob', 'b.test'],
    settings: { networks: ['192.0.2.0/24'] },
    rule: 'relay-network',
  },
  'elsewhere, from beside a listed network': {
    to: ['bob', 'b.test'],
    settings: { networks: ['192.0.3.0/24'] },
    rule: 'relay-denied',
    code: 550,
  },
  'a domain we are the backup of': { to: ['bob', 'b.test'], settings: { domains: ['b.test'] }, rule: 'relay-domain' },
  'a subdomain of it is another domain': {
    to: ['bob', 'sub.b.test'],
    settings: { domains: ['b.test'] },
    rule: 'relay-denied',
    code: 550,
  },
  'elsewhere, by LMTP, whatever would open the other doors': {
    to: ['bob', 'b.test'],
    question: { service: 'lmtp', ip: '192.0.2.1' },
    settings: { networks: ['192.0.2.0/24'], domains: ['b.test'], open: true },
    rule: 'lmtp-ours-only',
    code: 550,
  },
  'an open relay, on purpose': { to: ['bob', 'b.test'], settings: { open: true }, rule: 'relay-open' },
  'an unknown user of ours stays unknown on an open relay': {
    to: ['bbo', 'a.test'],
    settings: { open: true },
    rule: 'unknown-user',
    code: 550,
  },
};

for (const [name, one] of Object.entries(CASES)) {
  test(`relay rules: ${name}`, async () => {
    const suppressed = { standing: () => Promise.resolve(one.suppression) };
    const parts = { router, suppressed, settings: () => ({ ...CLOSED, ...one.settings }) };
    const [local, domain] = one.to;
    const verdict = await decideRecipient(parts, { ...STRANGER, ...one.question }, { address: { local, domain } });
    if (verdict.kind === 'accepted') assert.deepEqual([verdict.rule, undefined], [one.rule, one.code]);
    else assert.deepEqual([verdict.reply.rule, verdict.reply.code], [one.rule, one.code]);
  });
}

test('every rule of the table decides in some case', () => {
  const decided = new Set(Object.values(CASES).map((one) => (one.rule === 'account' ? 'ours' : one.rule)));
  assert.deepEqual(
    RELAY_RULES.map((rule) => rule.id).filter((id) => !decided.has(id)),
    [],
  );
});

const SENDERS: Readonly<
  Record<string, { readonly question: Partial<RelayQuestion>; readonly rule?: string; readonly code?: number }>
> = {
  'other servers may say any sender': { question: {} },
  'submission wants a login': { question: { service: 'submission' }, rule: 'login-required', code: 530 },
  "submission: the login's own address": {
    question: { service: 'submission', login: LOGIN, from: { local: 'alice', domain: 'a.test' } },
  },
  'submission: an address granted to the login': {
    question: { service: 'submission', login: LOGIN, from: { local: 'granted', domain: 'a.test' } },
  },
  "submission: somebody else's address": {
    question: { service: 'submission', login: LOGIN, from: { local: 'bob', domain: 'a.test' } },
    rule: 'sender-not-yours',
    code: 550,
  },
  'submission: the null sender, for receipts': { question: { service: 'submission', login: LOGIN, from: null } },
};

for (const [name, one] of Object.entries(SENDERS)) {
  test(`senders: ${name}`, async () => {
    const refusal = await decideSender({ router, settings: () => CLOSED }, { ...STRANGER, ...one.question });
    assert.deepEqual([refusal?.rule, refusal?.code], [one.rule, one.code]);
  });
}
