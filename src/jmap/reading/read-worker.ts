/** The worker of the reader: messages come in as pieces, one after the other, and go out as what they hold. */
import { parentPort } from 'node:worker_threads';
import { MessageReader } from './message-reader.ts';
import type { ReadAnswer, ReadTask } from './reading.ts';

let job = 0;
/** Undefined: nothing is wanted of what comes. */
let reader: MessageReader | undefined;
let pass: 'parts' | 'texts' = 'parts';

parentPort?.on('message', (task: ReadTask) => {
  try {
    take(task);
  } catch (error) {
    reader = undefined;
    // The first line at most: a message's own words are not for a log.
    answer({ kind: 'unreadable', job, problem: error instanceof Error ? error.name : 'Error' });
  }
  if (task.kind === 'piece') answer({ kind: 'taken' });
});

function take(task: ReadTask): void {
  switch (task.kind) {
    case 'begin':
      ({ job } = task);
      reader = new MessageReader();
      pass = 'parts';
      return;
    case 'piece':
      reader?.write(Buffer.from(task.octets.buffer, task.octets.byteOffset, task.octets.byteLength));
      return;
    case 'end':
      if (reader !== undefined) end(reader);
      return;
    case 'abandon':
      reader = undefined;
      return;
  }
}

function end(of: MessageReader): void {
  if (pass === 'parts') {
    pass = 'texts';
    answer({ kind: 'wants', job, ranges: of.endTree() });
    return;
  }
  reader = undefined;
  answer({ kind: 'read', job, reading: of.end() });
}

function answer(of: ReadAnswer): void {
  parentPort?.postMessage(of);
}
