/** Settings that nobody has to choose, where they depend on who asks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../config/index.ts';
import { bannerWait } from './settings.ts';

test('[5321-3.1-early-talker] the banner waits for strangers only', () => {
  const config = { relay: { networks: ['192.0.2.0/24'] } } as unknown as Config;
  const wait = (address: string): number => bannerWait(config, { address, port: 40_000 });
  assert.equal(wait('198.51.100.7'), 200);
  assert.equal(wait('2001:db8::1'), 200);
  assert.deepEqual([wait('127.0.0.1'), wait('::1'), wait('192.0.2.9')], [0, 0, 0]);
});
