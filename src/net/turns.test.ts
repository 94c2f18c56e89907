import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../base/testing.ts';
import { memoryWirePair } from './memory.ts';

test('a peer that sends a thousand lines in one go leaves others their turn', async () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock() });
  client.write('NOOP\r\n'.repeat(1_000));
  await client.flush();
  const seen = { turns: 0, over: false };
  const others = (): void => {
    seen.turns += 1;
    if (!seen.over) setImmediate(others);
  };
  await server.readLine(100);
  others();
  for (let n = 1; n < 1_000; n++) await server.readLine(100);
  seen.over = true;
  assert.ok(seen.turns >= 15, `others had ${seen.turns} turns`);
});
