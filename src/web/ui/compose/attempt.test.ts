import assert from 'node:assert/strict';
import test from 'node:test';
import { newMessageId, whereabouts } from './attempt.ts';

const email = (id: string, messageId: string | null) => ({
  id,
  messageId: messageId === null ? null : [messageId],
});
const submission = (id: string, emailId: string, undoStatus: string) => ({ id, emailId, undoStatus });

/** Answers to the five calls. */
const answers = (
  submissions: readonly ReturnType<typeof submission>[],
  sent: readonly ReturnType<typeof email>[],
  drafts: readonly ReturnType<typeof email>[],
) => [{ ids: [] }, { list: submissions }, { list: sent }, { ids: [] }, { list: drafts }];

test('a letter is sent where a submission of an email with its Message-ID stands', () => {
  const sent = [email('e1', 'other@a.test'), email('e2', 'mine@a.test')];
  const found = whereabouts(
    answers([submission('s1', 'e1', 'final'), submission('s2', 'e2', 'pending')], sent, []),
    'mine@a.test',
  );
  assert.deepEqual(found, { is: 'sent', submission: 's2', email: 'e2', isPending: true });
});

test('what was taken back, or only made, is a draft; else it is nowhere', () => {
  const mine = [email('e2', 'mine@a.test')];
  const canceled = answers([submission('s2', 'e2', 'canceled')], mine, mine);
  assert.deepEqual(whereabouts(canceled, 'mine@a.test'), { is: 'draft', email: 'e2' });
  assert.deepEqual(whereabouts(answers([], [], mine), 'mine@a.test'), { is: 'draft', email: 'e2' });
  const others = answers([submission('s1', 'e1', 'final')], [email('e1', null)], [email('e3', null)]);
  assert.deepEqual(whereabouts(others, 'mine@a.test'), { is: 'nowhere' });
});

test('a Message-ID has the domain of its sender, in ASCII, where one can be said', () => {
  assert.match(newMessageId('anna@a.test', 'here.test'), /^[0-9a-f-]{36}@a\.test$/);
  assert.match(newMessageId('anna@bücher.test', 'here.test'), /^[0-9a-f-]{36}@xn--bcher-kva\.test$/);
  for (const odd of ['anna@[192.0.2.1]', 'anna', 'anna@', 'a@b c'])
    assert.match(newMessageId(odd, 'here.test'), /^[0-9a-f-]{36}@[a-z0-9.-]+$/);
  assert.notEqual(newMessageId('anna@a.test', 'x'), newMessageId('anna@a.test', 'x'));
});
