/** A next server that takes everything and counts: Postfix's smtp-sink, one for each server that relays to it. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { findPeer } from '../test/peers/peers.ts';
import { eventually } from '../test/program.ts';
import { freePort } from './free-port.ts';

export interface Sink {
  readonly port: number;
  /** Messages taken so far. */
  taken(): number;
  stop(): Promise<void>;
}

/** Undefined when it isn't installed. */
export async function startSink(): Promise<Sink | undefined> {
  const program = findPeer('smtp-sink');
  if (program === undefined) return undefined;
  const port = await freePort();
  // It will not work as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(program, [...user, '-c', `127.0.0.1:${port}`, '256'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let taken = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    for (const [, count] of chunk.toString('latin1').matchAll(/mesg=(\d+)/g)) taken = Number(count);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  await eventually('smtp-sink is open', () => isOpen(port));
  return {
    port,
    taken: () => taken,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function isOpen(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}
