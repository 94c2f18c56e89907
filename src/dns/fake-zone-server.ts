/**
 * A name server on loopback that answers from make-believe zones, as a recursive one would, over UDP
 * and TCP (RFC 1035 §4.2): so that a whole program can be given a world of its own.
 */
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { AUTHENTIC_DATA, decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet';
import { lookUp } from './fake-zones.ts';
import type { ZoneAnswer, ZoneRecord, Zones } from './fake-zones.ts';

export interface Asked {
  readonly name: string;
  readonly type: string;
  readonly over: 'udp' | 'tcp';
}

export interface ZoneServer {
  readonly address: string;
  readonly port: number;
  /** As `[dns] servers` takes it. */
  readonly server: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** RFC 1035 §4.2.1: what an answer over UDP may hold when the query does not offer more (RFC 6891 §6.2.3). */
const UDP_SIZE = 512;

/** `zones` is read anew for each query, so a test may change the world while it runs. */
export async function startZoneServer(zones: Zones): Promise<ZoneServer> {
  const asked: Asked[] = [];
  const { udp, tcp, port } = await openBoth();
  const connections = new Set<Socket>();
  udp.on('message', (query, peer) => {
    answerUdp(udp, peer, answer(zones, query, 'udp', asked));
  });
  tcp.on('connection', (socket) => {
    connections.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => connections.delete(socket));
    serveTcp(socket, (query) => answer(zones, query, 'tcp', asked));
  });
  return {
    address: LOOPBACK,
    port,
    server: `${LOOPBACK}:${port}`,
    asked,
    async close() {
      for (const socket of connections) socket.destroy();
      const closed = Promise.all([once(udp, 'close'), once(tcp, 'close')]);
      udp.close();
      tcp.close();
      await closed;
    },
  };
}

/** UDP and TCP on one port; the port that is free for one may be taken for the other, so a few are tried. */
async function openBoth(triesLeft = 20): Promise<{ udp: UdpSocket; tcp: Server; port: number }> {
  const tcp = createServer();
  tcp.listen(0, LOOPBACK);
  await once(tcp, 'listening');
  const { port } = tcp.address() as { port: number };
  const udp = createSocket('udp4');
  try {
    udp.bind(port, LOOPBACK);
    await once(udp, 'listening');
    return { udp, tcp, port };
  } catch (error) {
    udp.close();
    tcp.close();
    if (triesLeft === 0) throw error;
    return openBoth(triesLeft - 1);
  }
}

function answerUdp(udp: UdpSocket, peer: RemoteInfo, octets: Buffer | undefined): void {
  if (octets !== undefined) udp.send(octets, peer.port, peer.address, () => undefined);
}

/** Messages with two octets of length before each (RFC 1035 §4.2.2), in any pieces. */
function serveTcp(socket: Socket, reply: (query: Buffer) => Buffer | undefined): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const octets = reply(pending.subarray(2, end));
      pending = pending.subarray(end);
      if (octets === undefined) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(octets.length);
      socket.write(Buffer.concat([length, octets]));
    }
  });
}

/** The octets to send back; undefined says nothing. */
function answer(zones: Zones, octets: Buffer, over: 'udp' | 'tcp', asked: Asked[]): Buffer | undefined {
  const query = decodeQuery(octets);
  if (query === undefined) return undefined;
  const { question, id, udpSize } = query;
  asked.push({ name: question.name, type: question.type, over });
  const found = lookUp(zones, question.name, question.type);
  if (found.kind === 'failed') {
    if (found.how === 'silence') return undefined;
    if (found.how === 'rubbish')
      return Buffer.concat([octets.subarray(0, 2), Buffer.from([0x81, 0x80, 0xff, 0xff, 0xff])]);
    return encodeAnswer(query, found, found.how === 'servfail' ? RCODE.servfail : RCODE.refused);
  }
  const whole = encodeAnswer(query, found, found.kind === 'missing' ? RCODE.nxdomain : RCODE.noerror);
  if (over === 'tcp' || (whole.length <= udpSize && found.name.truncated !== true)) return whole;
  return encode({ type: 'response', id, flags: FLAGS | TRUNCATED_RESPONSE, questions: [question] });
}

interface Query {
  readonly id: number;
  readonly question: { readonly name: string; readonly type: string };
  readonly udpSize: number;
}

function decodeQuery(octets: Buffer): Query | undefined {
  try {
    const { id = 0, questions = [], additionals = [] } = decode(octets);
    const [question] = questions;
    if (question === undefined) return undefined;
    const offered = additionals.find((record) => record.type === 'OPT')?.udpPayloadSize ?? UDP_SIZE;
    return { id, question, udpSize: Math.max(UDP_SIZE, offered) };
  } catch {
    return undefined;
  }
}

/** RFC 1035 §4.1.1. */
const RCODE = { noerror: 0, servfail: 2, nxdomain: 3, refused: 5 } as const;
const FLAGS = RECURSION_DESIRED | RECURSION_AVAILABLE;

function encodeAnswer({ id, question }: Query, found: ZoneAnswer, rcode: number): Buffer {
  const records = found.kind === 'failed' ? [] : found.records;
  const authentic = found.kind !== 'failed' && found.name.authentic === true ? AUTHENTIC_DATA : 0;
  return encode({
    type: 'response',
    id,
    flags: FLAGS | authentic | rcode,
    questions: [question],
    answers: records.map((record) => ({ name: record.owner, type: record.type, ttl: 0, data: dataOf(record) })),
  });
}

/** A TXT record is a list of strings of at most 255 octets each (RFC 1035 §3.3.14). */
function dataOf(record: ZoneRecord): unknown {
  if (record.type === 'MX')
    return { preference: record.preference, exchange: record.exchange === '' ? '.' : record.exchange };
  if (record.type === 'SRV') {
    const { priority, weight, port, target } = record;
    return { priority, weight, port, target: target === '' ? '.' : target };
  }
  return record.type === 'TXT' ? (record.data.match(/[^]{1,200}/g) ?? ['']) : record.data;
}
