/** The next servers of the crash points, on loopback in the test's own process: each stops an attempt once, at its point. */
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/base/index.ts';
import { startZoneServer } from '../../src/dns/testing.ts';
import type { Zones, ZoneServer } from '../../src/dns/testing.ts';
import { listen } from '../../src/net/index.ts';
import type { Listener, Wire } from '../../src/net/index.ts';
import { newHeard, playServer } from '../../src/outbound/testing.ts';
import type { Heard } from '../../src/outbound/testing.ts';
import type { CrashPoint } from './points.ts';

/** One next server. */
export class StoppingServer {
  readonly point: CrashPoint;
  readonly heard: Heard[] = [];
  #wire: Wire | undefined;
  #listener!: Listener;

  private constructor(point: CrashPoint) {
    this.point = point;
  }

  static async open(t: TestContext, point: CrashPoint): Promise<StoppingServer> {
    const server = new StoppingServer(point);
    server.#listener = await listen({
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      timeouts: { read: 60_000 },
      maxConnections: 10,
      onConnection: (wire) => server.#serve(wire),
    });
    t.after(() => server.#listener.close({ drainMs: 0 }));
    return server;
  }

  get port(): number {
    return this.#listener.address.port;
  }

  get stands(): boolean {
    return this.point.stands({ heard: this.heard, unread: this.#wire?.buffered ?? 0 });
  }

  /** How often a whole message came. */
  get got(): number {
    return this.heard.reduce((sum, { texts }) => sum + texts.length, 0);
  }

  /** Says what it had not said yet; resolves when the kernel has it. */
  async sayLastWords(): Promise<void> {
    const { lastWords } = this.point;
    if (lastWords === undefined || this.#wire === undefined) return;
    this.#wire.write(lastWords);
    await this.#wire.flush();
  }

  async #serve(wire: Wire): Promise<void> {
    const first = this.heard.length === 0;
    const heard = newHeard(wire.peer.address);
    this.heard.push(heard);
    if (first) this.#wire = wire;
    await playServer(wire, first ? this.point.server : {}, heard);
  }
}

/** The name server that knows the way to one domain only when it is told to speak. */
export class SilentNames {
  readonly #zones: Zones;
  readonly #server: ZoneServer;

  private constructor(zones: Zones, server: ZoneServer) {
    this.#zones = zones;
    this.#server = server;
  }

  static async open(t: TestContext, domain: string): Promise<SilentNames> {
    const zones: Zones = { [domain]: { fails: 'silence' } };
    const server = await startZoneServer(zones);
    t.after(() => server.close());
    return new SilentNames(zones, server);
  }

  get server(): string {
    return this.#server.server;
  }

  wasAsked(domain: string): boolean {
    return this.#server.asked.some(({ name }) => name === domain);
  }

  speak(domain: string): void {
    this.#zones[domain] = { a: ['127.0.0.1'] };
  }
}
