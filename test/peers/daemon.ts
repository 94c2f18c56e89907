/** What every server of a test's own needs: a free port, a certificate, and a process that ends with the test. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Conversation } from '../conversation.ts';
import { eventually, run } from '../program.ts';
import { findPeer } from './peers.ts';

export interface Certificate {
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly key: string;
}

/** A free port of 127.0.0.1; nobody holds it until its server starts. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Self-signed, as cert.pem and key.pem in `folder`; made by OpenSSL, so that it is nothing of ours. @param names "DNS:localhost" */
export async function makeCertificate(folder: string, names: readonly string[]): Promise<Certificate> {
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', `subjectAltName=${names.join(',')}`];
  const files = ['-keyout', key, '-out', certificate];
  const ran = await run(findPeer('openssl') as string, [...made, ...subject, ...files]);
  assert.equal(ran.code, 0, ran.stderr);
  return { certificate, key };
}

export interface Daemon {
  /** What it printed so far. */
  output(): string;
  readonly running: boolean;
  /** SIGTERM, and waits for its end; SIGKILL when it takes its time. */
  stop(): Promise<void>;
}

const PATIENCE = 5_000;

/** Runs a server in the foreground of our process; whoever starts it stops it. */
export function startDaemon(command: string, args: readonly string[]): Daemon {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = once(child, 'exit');
  return {
    output: () => Buffer.concat(said).toString('utf8'),
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Waits for the greeting of an SMTP or LMTP server. */
export async function greeted(name: string, port: number, daemon: Daemon): Promise<void> {
  await eventually(`${name} is open`, async () => {
    if (!daemon.running) throw new Error(`${name} ended: ${daemon.output()}`);
    const smtp = await Conversation.open(port).catch(() => undefined);
    const banner = await smtp?.reply();
    smtp?.close();
    return banner?.startsWith('220') ?? false;
  });
}
