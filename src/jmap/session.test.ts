import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionState } from './session.ts';
import { testJmap, USING } from './testing.ts';
import type { Answered } from './testing.ts';

const URLS = {
  apiUrl: 'https://mail.a.test/jmap/api',
  downloadUrl: 'https://mail.a.test/jmap/download/{accountId}/{blobId}/{name}?type={type}',
  uploadUrl: 'https://mail.a.test/jmap/upload/{accountId}/',
  eventSourceUrl: 'https://mail.a.test/jmap/events?types={types}&closeafter={closeafter}&ping={ping}',
};

test('the session says who, where and what, with all limits [8620-2-session] [8620-2-capabilities]', async (t) => {
  const { jmap, account } = await testJmap(t);
  const { capabilities, accounts, primaryAccounts, username, state, ...urls } = jmap.session(account, URLS);
  assert.deepEqual(urls, URLS);
  assert.equal(username, 'bob@b.test');
  assert.match(state, /^\w+$/);
  assert.equal(state, jmap.sessionState(account));
  const core = capabilities['urn:ietf:params:jmap:core'] as Answered;
  assert.deepEqual(core, {
    maxSizeUpload: 1_000_000,
    maxConcurrentUpload: 4,
    maxSizeRequest: 10_000_000,
    maxConcurrentRequests: 8,
    maxCallsInRequest: 64,
    maxObjectsInGet: 500,
    maxObjectsInSet: 500,
    collationAlgorithms: ['i;ascii-casemap', 'i;unicode-casemap'],
  });
  assert.deepEqual(capabilities['urn:ietf:params:jmap:mail'], {});
  const mine = accounts[account.id] as Answered;
  assert.deepEqual(Object.keys(accounts), [account.id]);
  assert.deepEqual([mine['name'], mine['isPersonal'], mine['isReadOnly']], ['bob@b.test', true, false]);
  for (const uri of USING) {
    assert.equal(primaryAccounts[uri], uri === 'urn:ietf:params:jmap:core' ? undefined : account.id);
    assert.ok(uri in mine['accountCapabilities'] && uri in capabilities);
  }
});

test('the account says what it takes of mail [8621-1.3.1-account-capabilities]', async (t) => {
  const { jmap, account } = await testJmap(t);
  const { accountCapabilities } = jmap.session(account, URLS).accounts[account.id] as Answered;
  const mail = accountCapabilities['urn:ietf:params:jmap:mail'];
  assert.equal(mail.maxMailboxesPerEmail, 100);
  assert.equal(mail.maxMailboxDepth, 10);
  assert.equal(mail.maxSizeMailboxName, 255);
  assert.equal(mail.mayCreateTopLevelMailbox, true);
  assert.ok(mail.maxSizeAttachmentsPerEmail > 600_000 && mail.maxSizeAttachmentsPerEmail < 1_000_000 * (57 / 78));
  assert.ok(mail.emailQuerySortOptions.includes('receivedAt'));
});

test('the state of the session is another when its content is, and stands in each response [8620-2-state] [8620-3.4-session-state]', async (t) => {
  const { jmap, account, calls } = await testJmap(t);
  const state = jmap.sessionState(account);
  assert.equal((await calls([]))['sessionState'], state);
  assert.notEqual(jmap.sessionState({ ...account, name: 'robert@b.test' }), state);
  const capability = { uri: 'x', session: {}, account: { n: 1 } };
  const states = [[], [capability], [{ ...capability, account: { n: 2 } }], [{ ...capability, session: { n: 1 } }]];
  assert.equal(new Set(states.map((one) => sessionState(one, account))).size, 4);
});
