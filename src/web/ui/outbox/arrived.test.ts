import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saysArrived } from './arrived.ts';

test('a report says that it was delivered only where it does', () => {
  assert.equal(saysArrived([{ action: 'delivered' }, { action: 'relayed' }]), true);
  for (const recipients of [[], [{ action: null }], [{ action: 'delivered' }, { action: null }], [{ action: 'odd' }]])
    assert.equal(saysArrived(recipients), false, JSON.stringify(recipients));
});
