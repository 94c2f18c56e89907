/** What the servers that the program hands mail on to have in common in the hands of a test. */
import type { TestContext } from 'node:test';
import type { Certificate } from './daemon.ts';
import { requirePeer } from './peers.ts';
import type { Peer } from './peers.ts';

export interface NextHopOptions {
  /** Its own domain: it takes mail for the {@link USERS} there, and for nobody else. */
  readonly domain: string;
  readonly tls: Certificate;
  /** Where it hands mail for another domain on, over TLS. `certificate` is what that server shows. */
  readonly next: { readonly domain: string; readonly port: number; readonly certificate: string };
}

export interface NextHop {
  readonly port: number;
  /** What has been delivered into a mailbox, in no certain order, with the lines that the server put in front. */
  mailbox(user: string): Promise<readonly Buffer[]>;
  log(): Promise<string>;
}

export const USERS: readonly string[] = ['bob', ...Array.from({ length: 100 }, (_, n) => `list${n}`)];
/** Somebody with UTF-8 in the address, where the server can do that. */
export const UTF8_USER = 'jürgen';

/** Skips the test, with a sentence, where a server can't be run. */
export function requireServer(t: TestContext, name: string, ...peers: readonly Peer[]): boolean {
  if (process.getuid?.() !== 0) {
    t.skip(`${name} needs root to run`);
    return false;
  }
  return peers.every((peer) => requirePeer(t, peer) !== undefined);
}
