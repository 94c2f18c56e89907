import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isGone, thisProcess } from './process.ts';

const self = thisProcess();

test('this process knows itself, the same way each time, and lives', () => {
  assert.equal(self.pid, process.pid);
  assert.notEqual(self.machine, '');
  assert.deepEqual(thisProcess(), self);
  assert.equal(isGone(self), false);
});

test('a process that ended is gone', async () => {
  const child = spawn(process.execPath, ['-e', '0']);
  const { pid = 0 } = child;
  await once(child, 'exit');
  assert.equal(isGone({ ...self, pid, start: '1' }), true);
  assert.equal(isGone({ ...self, pid, start: '' }), true);
});

test('a living process of another program is not gone', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const { pid = 0 } = child;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  assert.equal(isGone({ ...self, pid, start }), false);
  const gone = once(child, 'exit');
  child.kill();
  await gone;
  assert.equal(isGone({ ...self, pid, start }), true);
});

test('a pid that another process has now is gone', () => {
  assert.equal(isGone({ ...self, start: '1' }), true);
});

test('what ran before the last boot is gone; of other machines nothing is known', () => {
  assert.equal(isGone({ ...self, boot: 'another' }), true);
  assert.equal(isGone({ ...self, machine: 'another', boot: 'another', pid: 999_999_999 }), false);
});
