import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../base/testing.ts';
import { Notices } from './notices.ts';

const texts = (notices: Notices): readonly string[] => notices.shown.value.map(({ text }) => text);

test('notices: go away by themselves, but not while somebody points at them', async () => {
  const clock = new FakeClock();
  const notices = new Notices(clock);
  notices.say('one');
  await clock.advance(9_000);
  notices.hold();
  await clock.advance(60_000);
  assert.deepEqual(texts(notices), ['one']);
  notices.go();
  await clock.advance(10_000);
  assert.deepEqual(texts(notices), []);
});

test('notices: when one is put away by hand, the others go away by themselves', async () => {
  const clock = new FakeClock();
  const notices = new Notices(clock);
  const pressed = notices.say('one');
  notices.say('two');
  notices.hold();
  notices.dismiss(pressed);
  await clock.advance(10_000);
  assert.deepEqual(texts(notices), []);
});

test('notices: undo takes back the newest that can be, once', () => {
  const notices = new Notices(new FakeClock());
  const undone: string[] = [];
  notices.say('a', () => undone.push('a'));
  notices.say('b', () => undone.push('b'));
  notices.say('only told');
  assert.deepEqual([notices.undoLast(), notices.undoLast(), notices.undoLast()], [true, true, false]);
  assert.deepEqual(undone, ['b', 'a']);
});

test('notices: what says the same stands once, but what can be undone is another thing each time', () => {
  const notices = new Notices(new FakeClock());
  for (const text of ['Saved.', 'other', 'Saved.']) notices.say(text);
  assert.deepEqual(texts(notices), ['other', 'Saved.']);
  notices.dismiss(notices.say('gone'));
  for (const n of [1, 2]) notices.say('Archived.', () => n);
  assert.deepEqual(texts(notices), ['Saved.', 'Archived.', 'Archived.']);
});

test('notices: three at most, and the same words are spoken again', () => {
  const notices = new Notices(new FakeClock());
  for (const text of ['1', '2', '3', '4']) notices.say(text);
  assert.deepEqual(texts(notices), ['2', '3', '4']);
  const before = notices.spoken.value;
  notices.speak('4');
  assert.notEqual(notices.spoken.value, before);
});
