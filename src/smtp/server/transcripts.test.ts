/** Plays the golden sessions in transcripts/. A test's title names the rules that its file shows. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { parseTranscript, play } from './transcript.ts';

const FILES = globSync('transcripts/*.txt', { cwd: import.meta.dirname }).toSorted();

test('there are golden sessions', () => {
  assert.ok(FILES.length >= 40, `only ${FILES.length} transcripts were found`);
});

for (const file of FILES) {
  const transcript = parseTranscript(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'));
  const ids = transcript.ids.map((id) => `[${id}]`).join(' ');
  test(`${ids} ${basename(file, '.txt')}`, async () => {
    assert.ok(transcript.ids.length > 0, 'a transcript names the rules that it shows');
    assert.deepEqual(await play(transcript), transcript.lines);
  });
}
