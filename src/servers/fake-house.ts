/**
 * A house for golden sessions: the real policies, router, intake and logins over a real store, with some people,
 * aliases that lead nowhere, and things that go wrong when a session says so. Everybody's password is "secret".
 */
import { openLogins } from '../accounts/index.ts';
import { testDirectory } from '../accounts/testing.ts';
import type { TestDirectory } from '../accounts/testing.ts';
import { newTicket, silentLog, thisProcess } from '../base/index.ts';
import { openComposer, openIntake } from '../intake/index.ts';
import { customerNetwork, memoryWirePair } from '../net/index.ts';
import type { TlsState, Wire } from '../net/index.ts';
import { servePop3 } from '../pop3/index.ts';
import type { SaslBackend } from '../sasl/index.ts';
import { serveSmtp } from '../smtp/index.ts';
import type { SmtpLogin } from '../smtp/index.ts';
import type { Store } from '../store/index.ts';
import { Sending } from './limits.ts';
import type { SendingLimits } from './limits.ts';
import { pop3Policy } from './pop3-policy.ts';
import type { Refusals } from './refusals.ts';
import { smtpPolicy } from './smtp-policy.ts';

export type HouseService = 'smtp' | 'lmtp' | 'submission' | 'pop3';

/** Nobody reads what strangers were refused here. */
const FORGOTTEN = { add: () => undefined, close: () => Promise.resolve() } as unknown as Refusals;
const TLS: TlsState = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: false };
const FOREVER = 1e9;
const HOSTNAME = 'mx.a.test';

export class FakeHouse {
  readonly #parts: TestDirectory;
  readonly #ids = new Map<string, string>();
  readonly #store: Store;
  readonly #backend: (service: string) => SaslBackend<SmtpLogin>;
  /** Operations of the store that fail from now on. */
  readonly broken = new Set<string>();
  limits: SendingLimits | undefined;
  busy = false;
  /** Whose account is closed in the very moment of the next login. */
  closing: string | undefined;

  private constructor(parts: TestDirectory) {
    this.#parts = parts;
    this.#store = failing(parts.store, this.broken);
    const check = (password: string): Promise<boolean | 'busy'> =>
      Promise.resolve(this.busy ? 'busy' : password === 'secret');
    const logins = openLogins({
      ...parts,
      store: this.#store,
      passwords: { ...parts.passwords, check },
      log: silentLog,
      countGuesses: () => true,
      networkOf: customerNetwork,
    });
    this.#backend = (service) => ({
      password: async (login, peer) => {
        const verdict = await logins.verify(login, peer, service);
        if (this.closing !== undefined) await parts.directory.removeAccount(this.closing, false);
        return verdict;
      },
    });
  }

  static async open(t: { after(fn: () => Promise<void>): void }): Promise<FakeHouse> {
    const parts = await testDirectory(t);
    const house = new FakeHouse(parts);
    for (const address of ['alice@a.test', 'bob@a.test']) house.#ids.set(address, await parts.account(address));
    await parts.account('full@a.test', 0);
    const deep = Array.from({ length: 11 }, (_, n) => [`deep${n}`, [`deep${n + 1}@a.test`]] as const);
    const wide = Array.from({ length: 1_001 }, (_, n) => `reader${n}@b.test`);
    const aliases = [['loop', ['pool@a.test']], ['pool', ['loop@a.test']], ['wide', wide], ...deep] as const;
    const at = parts.clock.now();
    for (const [local, targets] of aliases)
      await parts.store.write('putAlias', { local, domain: 'a.test', targets, at, replace: true });
    return house;
  }

  /** The client's end of a new connection. */
  connect(service: HouseService): { readonly client: Wire; readonly done: Promise<void> } {
    const { clock } = this.#parts;
    const pair = memoryWirePair({ clock, tls: TLS, client: { address: '192.0.2.1', port: 40_000 } });
    pair.client.timeout = FOREVER;
    const done = service === 'pop3' ? this.#pop3(pair.server) : this.#smtp(pair.server, service);
    return { client: pair.client, done };
  }

  /** Wrong passwords from the address that sessions come from. */
  async guess(name: string, times: number): Promise<void> {
    const login = { name, password: 'wrong', mechanism: 'PLAIN', actAs: '' };
    const peer = { address: '192.0.2.1', sessionId: 'guesses' };
    const backend = this.#backend('pop3');
    for (let n = 0; n < times; n++) await backend.password(login, peer);
  }

  /** Another process takes the maildrop, as if ours were gone. */
  async takeMaildrop(address: string): Promise<void> {
    const { store, clock } = this.#parts;
    const account = this.#ids.get(address) ?? '';
    const ask = { account, token: newTicket(), process: thisProcess(), at: clock.now(), peer: '192.0.2.7' };
    const held = await store.write('lockMaildrop', ask);
    if (held.kind !== 'in-use') throw new Error(`nobody has the maildrop of ${address}`);
    await store.write('lockMaildrop', { ...ask, breaking: held.holder.token });
  }

  #pop3(wire: Wire): Promise<void> {
    const { clock } = this.#parts;
    return servePop3(wire, {
      settings: {
        hostname: HOSTNAME,
        idleTimeout: FOREVER,
        loginTimeout: FOREVER,
        maxLoginFailures: 5,
        maxErrors: 100,
        sasl: this.#backend('pop3'),
        plainLogin: () => false,
      },
      policy: pop3Policy({ store: this.#store, clock, log: silentLog, process: thisProcess(), refusals: FORGOTTEN }),
      log: silentLog,
      clock,
    });
  }

  #smtp(wire: Wire, service: 'smtp' | 'lmtp' | 'submission'): Promise<void> {
    const { clock, router } = this.#parts;
    const store = this.#store;
    const hostname = (): string => HOSTNAME;
    const composer = openComposer(this.#parts);
    return serveSmtp(wire, {
      settings: {
        hostname: HOSTNAME,
        protocol: service === 'lmtp' ? 'lmtp' : 'smtp',
        maxMessage: 1_000_000,
        maxRecipients: 100,
        maxErrors: 100,
        commandTimeout: FOREVER,
        dataTimeout: FOREVER,
        sessionTimeout: FOREVER,
        acceptTimeout: FOREVER,
        ...(service === 'submission' ? { sasl: this.#backend('submission') } : {}),
      },
      policy: smtpPolicy({
        service,
        router,
        settings: () => ({ networks: [], domains: [], open: false }),
        sending: new Sending({ store, clock, limits: () => this.limits }),
        hostname,
        intake: openIntake({ store, clock, log: silentLog, hostname, composer }),
        refusals: FORGOTTEN,
        clock,
        log: silentLog,
      }),
      log: silentLog,
      clock,
    });
  }
}

function failing(store: Store, broken: ReadonlySet<string>): Store {
  const fails = (name: string): Promise<never> | undefined =>
    broken.has(name) ? Promise.reject(new Error(`${name}: the disk is on fire`)) : undefined;
  return {
    write: (name, params) => fails(name) ?? store.write(name, params),
    read: (name, params) => fails(name) ?? store.read(name, params),
    content: store.content,
    onChange: (listener) => store.onChange(listener),
    close: () => store.close(),
  };
}
