/** Real sockets on loopback for the tests of this room, and a look at what they left open. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Clock } from '../base/index.ts';
import { systemClock } from '../base/index.ts';
import { settle } from '../base/testing.ts';
import type { FramedWire } from './framed.ts';
import { socketWire } from './socket.ts';

export interface Connection {
  /** Our side. */
  readonly wire: FramedWire;
  /** The peer's side, as raw as it gets. */
  readonly peer: Socket;
  /** What the peer received until our side ended or cut the connection, as Latin-1. */
  readonly heard: Promise<string>;
}

/** A connection over 127.0.0.1; each of its ends is cut when the test is over. */
export async function connection(t: { after(fn: () => void): void }, clock: Clock = systemClock): Promise<Connection> {
  const server = await listening(t);
  const arrived = once(server, 'connection') as Promise<[Socket]>;
  const peer = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, allowHalfOpen: true });
  peer.on('error', () => undefined);
  const [[socket]] = await Promise.all([arrived, once(peer, 'connect')]);
  const wire = socketWire(socket, { clock, timeout: 2000 });
  t.after(() => {
    wire.destroy();
    peer.destroy();
  });
  return { wire, peer, heard: hear(peer) };
}

/** A plain server on a free port; it and what it accepted are closed when the test is over. */
export async function listening(t: { after(fn: () => void): void }): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const accepted: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    accepted.push(socket);
  });
  t.after(() => {
    server.close();
    for (const socket of accepted) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Everything a socket receives until it ends or breaks. */
export function hear(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('close', () => {
      resolve(text);
    });
  });
}

/** The sockets that are still open in this process, after giving closed ones a few turns to go. */
export async function openSockets(): Promise<string[]> {
  for (let turn = 0; turn < 200; turn++) {
    if (socketsNow().length === 0) break;
    await settle(5);
  }
  return socketsNow();
}

function socketsNow(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)/.test(name));
}
