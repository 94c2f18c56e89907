/** The thread that writes. The only one that holds a transaction, and never the protocol's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/index.ts';
import { Batches } from './batch.ts';
import { insist } from './begin.ts';
import type { Pause } from './begin.ts';
import { connectWriter, perform } from './connection.ts';
import type { Connection } from './connection.ts';
import type { FromWorker, ToWorker, WriterSettings } from './messages.ts';
import { migrate } from './migrate.ts';
import { useLog } from './open-database.ts';
import { sentenceOf } from './trouble.ts';

const settings = workerData as WriterSettings;

const cell = new Int32Array(new SharedArrayBuffer(4));
const pause: Pause = {
  sleep: (ms) => {
    Atomics.wait(cell, 0, 0, ms);
  },
  ticks: () => systemClock.ticks(),
};

/** Between two batches, while another process works on the same state directory: SQLite gives the lock to whoever asks first. */
const GAP = 2;
/** Files handed over to be deleted after one commit. */
const MOST_GARBAGE = 100;

/** While another process starts or stops on this directory, any first statement may find the database locked. */
function connect(): Connection {
  return insist(pause, connectOnce);
}

function connectOnce(): Connection {
  const connection = connectWriter(settings);
  try {
    useLog(connection, pause);
    migrate(connection, pause);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function start(port: NonNullable<typeof parentPort>): void {
  const post = (message: FromWorker): void => {
    port.postMessage(message);
  };
  let batches: Batches;
  try {
    batches = new Batches(connect, pause);
  } catch (error) {
    post({ kind: 'refused', error: sentenceOf(error) });
    port.close();
    return;
  }
  const neighbourhood = watch(batches);
  const changed = watchChanges(batches);
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'run': {
        let left = message.requests;
        while (left.length > 0) {
          neighbourhood.giveWay();
          const answers = batches.run(left);
          left = left.slice(answers.length);
          post({ kind: 'answers', answers, changed: changed(), garbage: garbage(batches) });
        }
        return;
      }
      case 'look':
        post({ kind: 'looked', changed: neighbourhood.look() });
        return;
      case 'close':
        batches.close();
        post({ kind: 'closed' });
        port.close();
    }
  });
  post({ kind: 'ready' });
}

function garbage(batches: Batches): readonly string[] {
  try {
    return batches.look((connection) => perform(connection, 'garbage', { limit: MOST_GARBAGE }) as readonly string[]);
  } catch {
    return [];
  }
}

/** Whether anything was written since the last time: a runner that found nothing due must not wake itself. */
function watchChanges(batches: Batches): () => boolean {
  const count = (): number | undefined => {
    try {
      return batches.look(
        (connection) => connection.rows({ sql: 'SELECT total_changes() AS count', values: [] })[0]?.['count'] as number,
      );
    } catch {
      return undefined;
    }
  };
  let seen = count();
  return () => {
    const before = seen;
    seen = count();
    return seen !== before;
  };
}

interface Neighbourhood {
  /** Whether others committed since the last look. */
  look(): boolean;
  /** Leaves the lock free for a moment when others are here. */
  giveWay(): void;
}

/** Others are here while one is registered. That is looked up again only after a commit of theirs. */
function watch(batches: Batches): Neighbourhood {
  let seen: number | undefined;
  let crowded = false;
  let lastRun = 0;
  const look = (): boolean => {
    const version = batches.dataVersion();
    if (version === seen) return false;
    seen = version;
    try {
      crowded = batches.look(
        (connection) => perform(connection, 'hasNeighbours', { process: settings.process }) as boolean,
      );
    } catch {
      crowded = false;
    }
    return true;
  };
  look();
  return {
    look,
    giveWay: () => {
      if (crowded && pause.ticks() - lastRun < GAP) pause.sleep(GAP);
      lastRun = pause.ticks();
    },
  };
}

if (parentPort !== null) start(parentPort);
