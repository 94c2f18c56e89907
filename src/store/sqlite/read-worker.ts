/** The thread that looks things up, on a read-only connection: no commit waits for it, nor it for one. */
import { parentPort, workerData } from 'node:worker_threads';
import { connectReader, perform } from './connection.ts';
import type { Connection } from './connection.ts';
import type { Answer, FromWorker, ReaderSettings, Request, ToWorker } from './messages.ts';
import { sentenceOf } from './trouble.ts';

function start(port: NonNullable<typeof parentPort>): void {
  const post = (message: FromWorker): void => {
    port.postMessage(message);
  };
  // Connected with the first read: this thread starts while the writer's still makes the database.
  let connection: Connection | undefined;
  const connected = (): Connection => (connection ??= connectReader((workerData as ReaderSettings).path));
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'run') {
      const answers = message.requests.map((request) => answer(connected, request));
      post({ kind: 'answers', answers, changed: false, garbage: [] });
    } else if (message.kind === 'close') {
      connection?.close();
      post({ kind: 'closed' });
      port.close();
    }
  });
  post({ kind: 'ready' });
}

/** One transaction each: all statements of an operation see the same commit. */
function answer(connected: () => Connection, { id, name, params }: Request): Answer {
  try {
    const connection = connected();
    try {
      connection.exec('BEGIN');
      const result = perform(connection, name, params);
      connection.exec('COMMIT');
      return { id, result };
    } finally {
      if (connection.inTransaction) connection.exec('ROLLBACK');
    }
  } catch (error) {
    return { id, error: sentenceOf(error) };
  }
}

if (parentPort !== null) start(parentPort);
