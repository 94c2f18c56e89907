import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from './command.ts';
import { isSingle, isStrong, KeyReader, keysInWords, strokeOf, takenBy } from './keys.ts';

const press = (key: string, ...held: readonly ('ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey')[]) =>
  strokeOf({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...Object.fromEntries(held.map((name) => [name, true])),
  });

const command = (id: string, ...keys: readonly string[]): Command => ({
  id,
  name: id,
  group: 'app',
  keys,
  run: () => undefined,
});

test('keys: presses as the table writes them', () => {
  assert.equal(press('j'), 'j');
  assert.equal(press('I', 'shiftKey'), 'Shift+i');
  assert.equal(press('#', 'shiftKey'), '#');
  assert.equal(press('k', 'ctrlKey'), 'Mod+k');
  assert.equal(press('k', 'metaKey'), 'Mod+k');
  assert.equal(press('F6', 'shiftKey'), 'Shift+F6');
  assert.equal(press(' '), 'Space');
  assert.equal(press('Backspace'), 'Backspace');
});

test('keys: two in a row are one command, when they come in time', () => {
  const commands = [command('inbox', 'g i'), command('junk', '!'), command('next', 'i')];
  const always = (): boolean => true;
  const reader = new KeyReader();
  assert.equal(reader.press('g', 0, commands, always), 'begun');
  assert.equal((reader.press('i', 900, commands, always) as Command).id, 'inbox');
  assert.equal(reader.press('g', 2_000, commands, always), 'begun');
  assert.equal((reader.press('i', 4_000, commands, always) as Command).id, 'next');
  assert.equal(reader.press('g', 5_000, commands, always), 'begun');
  assert.equal(reader.press('x', 5_100, commands, always), undefined);
  assert.equal((reader.press('i', 5_200, commands, always) as Command).id, 'next');
});

test('keys: what is not possible now is no command', () => {
  const reader = new KeyReader();
  const commands = [command('a', 'e'), command('b', 'e')];
  assert.equal((reader.press('e', 0, commands, ({ id }) => id === 'b') as Command).id, 'b');
  assert.equal(
    reader.press('e', 0, commands, () => false),
    undefined,
  );
});

test('keys: what a dictating person can’t set off, and what works while typing', () => {
  for (const keys of ['j', 'Shift+i', 'g i', '#', '* a']) assert.ok(isSingle(keys), keys);
  for (const keys of ['Mod+k', 'F6', 'Enter', 'Escape', 'Mod+Enter']) assert.ok(!isSingle(keys), keys);
  for (const keys of ['Mod+k', 'F6', 'Shift+F6', 'Mod+Enter']) assert.ok(isStrong(keys), keys);
  for (const keys of ['j', 'Enter', 'Escape', 'F']) assert.ok(!isStrong(keys), keys);
});

test('keys: in words', () => {
  assert.equal(keysInWords('Mod+k', false), 'Ctrl+K');
  assert.equal(keysInWords('Mod+k', true), '⌘K');
  assert.equal(keysInWords('Shift+i', false), 'Shift+I');
  assert.equal(keysInWords('g i', false), 'g i');
  assert.equal(keysInWords('Escape', false), 'Esc');
});

test('keys: a key that begins another is taken too', () => {
  const commands = [command('inbox', 'g i'), command('next', 'j')];
  assert.equal(takenBy(commands, 'g', 'x')?.id, 'inbox');
  assert.equal(takenBy(commands, 'j', 'next'), undefined);
  assert.equal(takenBy(commands, 'j', 'x')?.id, 'next');
  assert.equal(takenBy(commands, 'k', 'x'), undefined);
});
