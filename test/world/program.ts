/**
 * One run of our program in the test's own process: what app/serve.ts puts together, over a store that
 * can rest and wires in memory. It can end as it should, or be killed.
 */
import { openDomains, openRouter } from '../../src/accounts/index.ts';
import { silentLog, thisProcess } from '../../src/base/index.ts';
import type { Cancel, Clock, ProcessIdentity } from '../../src/base/index.ts';
import { fakeResolver } from '../../src/dns/testing.ts';
import { openComposer, openHeldMail, openIntake } from '../../src/intake/index.ts';
import { memoryWirePair } from '../../src/net/index.ts';
import type { Wire } from '../../src/net/index.ts';
import { openOutbound } from '../../src/outbound/index.ts';
import type { OutboundParts } from '../../src/outbound/index.ts';
import { ONE_MX, TEST_SETTINGS } from '../../src/outbound/testing.ts';
import { changeQueue, startRunner, takeBack } from '../../src/queue/index.ts';
import type { OperatorAction, QueueSettings, TakenBackRecipient } from '../../src/queue/index.ts';
import type { SaslBackend } from '../../src/sasl/index.ts';
import { smtpPolicy, Suppressed } from '../../src/servers/index.ts';
import { serveSmtp } from '../../src/smtp/index.ts';
import type { SmtpLogin, SmtpServerSettings } from '../../src/smtp/index.ts';
import type { Store } from '../../src/store/index.ts';
import { handIn, LOGIN } from './mail-program.ts';
import type { HandedIn } from './mail-program.ts';
import { DAY, HOUR, MINUTE } from './scenario.ts';
import type { Letter, Scenario } from './scenario.ts';
import { watchedStore } from './watched-store.ts';
import type { Life, Work } from './watched-store.ts';

/** What outlives the program: the disk, the time, the Internet. */
export interface Surroundings {
  readonly scenario: Scenario;
  readonly store: Store;
  readonly work: Work;
  readonly clock: Clock;
  readonly dial: NonNullable<OutboundParts['dial']>;
  /** 0 to 1: the order among equal hosts. */
  readonly order: () => number;
}

export interface Program {
  readonly identity: ProcessIdentity;
  submit(letter: Letter): Promise<HandedIn>;
  /** About everything that has not ended. */
  order(action: OperatorAction): Promise<void>;
  takeBack(message: string): Promise<readonly TakenBackRecipient[]>;
  /** Drains for a second, then ends. */
  stop(): Promise<void>;
  /** From now on it does nothing any more, and its connections break. */
  kill(): void;
}

/** The account that logs in. */
export const ALICE = 'account-alice';

/** As a host has them without a configuration of its own. */
const QUEUE: QueueSettings = {
  retry: [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR],
  giveUp: 5 * DAY,
  delayNotice: 4 * HOUR,
  most: 20,
  mostPerDestination: 5,
  suppress: 7 * DAY,
};

const SERVER: SmtpServerSettings = {
  hostname: 'mx.a.test',
  protocol: 'smtp',
  maxMessage: 50_000_000,
  maxRecipients: 1_000,
  maxErrors: 100,
  commandTimeout: 5 * MINUTE,
  dataTimeout: 3 * MINUTE,
  sessionTimeout: 3 * HOUR,
  acceptTimeout: MINUTE,
  dsn: true,
};

const TLS = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: false };

export function startProgram(around: Surroundings, run: number): Program {
  const life = new OneLife();
  const clock = life.clockOf(around.clock);
  const identity = { ...thisProcess(), start: `run-${run}` };
  const { scenario } = around;
  const store = watchedStore(around.store, around.work, life, (accepted) => ({
    ...accepted,
    deliveries: accepted.deliveries.map((delivery) => ({ ...delivery, ...scenario.policy })),
  }));
  const domains = openDomains(store, () => ['a.test']);
  const router = openRouter({ store, domains, postmaster: () => undefined });
  const composer = openComposer({ store, router, clock });
  const outbound = openOutbound({
    settings: () => ({ ...TEST_SETTINGS, ...scenario.settings }),
    resolver: fakeResolver(scenario.zones ?? ONE_MX),
    clock,
    log: silentLog,
    dial: async (options) => life.keep(await around.dial({ ...options, clock })),
    random: around.order,
  });
  const parts = {
    store,
    composer,
    clock,
    hostname: () => 'mx.a.test',
    settings: () => ({ ...QUEUE, ...scenario.queue }),
    process: identity,
  };
  const held = openHeldMail({ router });
  const runner = startRunner({ ...parts, outbound, held, log: silentLog, random: () => scenario.stretch ?? 0 });
  const intake = openIntake({ ...parts, log: silentLog });
  const suppressed = new Suppressed({ store, clock, warns: () => true });

  const policy = (service: 'smtp' | 'submission') =>
    smtpPolicy({
      service,
      suppressed,
      router,
      settings: () => ({ networks: [], domains: [], open: false }),
      hostname: () => 'mx.a.test',
      intake,
      refusals: { add: () => undefined },
      clock,
      log: silentLog,
    });

  return {
    identity,
    async submit(letter) {
      const pair = memoryWirePair({ clock, ...endsOf(letter) });
      const service = letter.stranger === true ? 'smtp' : 'submission';
      const settings = service === 'smtp' ? SERVER : { ...SERVER, longestHold: 31 * DAY, sasl: EVERYBODY };
      const served = serveSmtp(pair.server, { settings, policy: policy(service), log: silentLog, clock });
      const handedIn = await handIn(pair.client, letter);
      await served;
      return handedIn;
    },
    async order(action) {
      await changeQueue(parts, action, {});
    },
    async takeBack(message) {
      const answer = await takeBack(parts, { message, by: { by: 'keeper' }, patience: 0 });
      return typeof answer === 'string' ? [] : answer;
    },
    async stop() {
      await runner.stop(1_000);
      await outbound.close();
      domains.close();
    },
    kill() {
      life.end();
      domains.close();
    },
  };
}

function endsOf(letter: Letter): Pick<Parameters<typeof memoryWirePair>[0], 'client' | 'server' | 'tls'> {
  const server = { address: '203.0.113.1', port: letter.stranger === true ? 25 : 587 };
  if (letter.stranger === true) return { client: { address: '198.51.100.7', port: 40_000 }, server };
  return { client: { address: '198.51.100.5', port: 40_000 }, server, tls: TLS };
}

/** Passwords are not what is shown here. */
const EVERYBODY: SaslBackend<SmtpLogin> = {
  password: ({ mechanism }) =>
    Promise.resolve({ kind: 'accepted', login: { account: ALICE, name: LOGIN.name, mechanism } } as const),
};

/** What dies with a process: its timers and its connections. */
class OneLife implements Life {
  dead = false;
  readonly #timers = new Set<Cancel>();
  readonly #wires = new Set<Wire>();

  end(): void {
    this.dead = true;
    for (const cancel of this.#timers) cancel();
    for (const wire of this.#wires) wire.destroy();
  }

  keep(wire: Wire): Wire {
    if (this.dead) wire.destroy();
    this.#wires.add(wire);
    return wire;
  }

  clockOf(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      ticks: () => clock.ticks(),
      after: (ms, fn) => {
        if (this.dead) return () => undefined;
        const cancel = clock.after(ms, () => {
          this.#timers.delete(cancel);
          fn();
        });
        this.#timers.add(cancel);
        return () => {
          this.#timers.delete(cancel);
          cancel();
        };
      },
    };
  }
}
