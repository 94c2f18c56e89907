import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../base/testing.ts';
import { listenForChanges } from './push.ts';

function fakeStreams() {
  const streams: { url: string; readyState: number; fire: (type: string) => void }[] = [];
  const connect = (url: string) => {
    const listeners = new Map<string, () => void>();
    const stream = {
      url,
      readyState: 1,
      fire: (type: string) => listeners.get(type)?.(),
      addEventListener: (type: string, listener: () => void) => void listeners.set(type, listener),
      close: () => undefined,
    };
    streams.push(stream);
    return stream;
  };
  return { streams, connect };
}

test('push: changes are told, and what may have been missed is asked for', () => {
  const { streams, connect } = fakeStreams();
  const told: string[] = [];
  const listener = { onChange: () => told.push('change'), onLost: () => told.push('lost') };
  listenForChanges('/events?types={types}&closeafter={closeafter}&ping={ping}', new FakeClock(), listener, connect);
  assert.equal(streams[0]?.url, '/events?types=*&closeafter=no&ping=60');
  for (const type of ['open', 'state', 'error', 'open']) streams[0]?.fire(type);
  assert.deepEqual(told, ['change', 'lost', 'change']);
});

test('push: a stream that was refused is tried again, not at once', async () => {
  const clock = new FakeClock();
  const { streams, connect } = fakeStreams();
  listenForChanges('/e', clock, { onChange: () => undefined, onLost: () => undefined }, connect);
  streams[0]!.readyState = 2;
  streams[0]!.fire('error');
  assert.equal(streams.length, 1);
  await clock.advance(15_000);
  assert.equal(streams.length, 2);
});
