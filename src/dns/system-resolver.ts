/**
 * Name look-ups by the name servers of the system or of the configuration. node:dns asks them: it
 * repeats a truncated answer over TCP (RFC 7766 §5), takes the records behind a CNAME (RFC 5321 §5.1) and
 * tries the next server when one fails. It hides the AD bit, so no answer is called authentic here.
 */
import { promises } from 'node:dns';
import type { Clock } from '../base/index.ts';
import type { DnsAnswer, Resolver } from './resolver.ts';

export interface SystemResolverOptions {
  /** "192.0.2.53:53", "[::1]:5353"; empty: those of the system. */
  readonly servers: readonly string[];
  readonly clock: Clock;
  /** When a look-up ends as `failed`, in ms; all tries and servers together. */
  readonly timeoutMs?: number;
}

type NodeResolver = InstanceType<typeof promises.Resolver>;

/** A resolver of the system waits about this long (resolv.conf: 5 s, 2 tries, 2 servers). */
const TIMEOUT = 20_000;
const TRIES = 3;
const LONGEST_TRY = 5_000;

/** Its look-ups never reject. */
export function systemResolver(options: SystemResolverOptions): Resolver {
  return {
    mx: (domain, signal) =>
      ask(options, signal, async (resolver) =>
        (await resolver.resolveMx(domain)).map(({ priority, exchange }) => ({
          preference: priority,
          exchange: plainName(exchange),
        })),
      ),
    a: (host, signal) =>
      isLocalhost(host) ? local('127.0.0.1') : ask(options, signal, (resolver) => resolver.resolve4(host)),
    aaaa: (host, signal) =>
      isLocalhost(host) ? local('::1') : ask(options, signal, (resolver) => resolver.resolve6(host)),
    txt: (name, signal) =>
      ask(options, signal, async (resolver) => (await resolver.resolveTxt(name)).map((strings) => strings.join(''))),
    srv: (service, signal) =>
      ask(options, signal, async (resolver) =>
        (await resolver.resolveSrv(service)).map(({ priority, weight, port, name }) => ({
          priority,
          weight,
          port,
          target: plainName(name),
        })),
      ),
  };
}

/** RFC 6761 §6.3: never asked of a name server, always loopback. */
function isLocalhost(host: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(host);
}

function local(address: string): Promise<DnsAnswer<string>> {
  return Promise.resolve({ kind: 'found', records: [address], authentic: false });
}

function plainName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

/**
 * One look-up with a node resolver of its own (40 µs): cancelling ends it alone, and a changed
 * resolv.conf is seen.
 */
async function ask<Record>(
  { servers, clock, timeoutMs = TIMEOUT }: SystemResolverOptions,
  signal: AbortSignal | undefined,
  query: (resolver: NodeResolver) => Promise<readonly Record[]>,
): Promise<DnsAnswer<Record>> {
  if (signal?.aborted === true) return failed(CANCELLED);
  let ended: string | undefined;
  let resolver: NodeResolver | undefined;
  const end = (why: string): void => {
    ended ??= why;
    resolver?.cancel();
  };
  const onAbort = (): void => {
    end(CANCELLED);
  };
  const stopTimer = clock.after(timeoutMs, () => {
    end(`no name server answered within ${timeoutMs} ms`);
  });
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    resolver = new promises.Resolver({
      timeout: Math.max(1, Math.min(LONGEST_TRY, Math.ceil(timeoutMs / TRIES))),
      tries: TRIES,
    });
    if (servers.length > 0) resolver.setServers(servers);
    const records = await query(resolver);
    return records.length === 0 ? { kind: 'empty', authentic: false } : { kind: 'found', records, authentic: false };
  } catch (error) {
    return ended === undefined ? answerOf(error) : failed(ended);
  } finally {
    stopTimer();
    signal?.removeEventListener('abort', onAbort);
  }
}

const CANCELLED = 'the look-up was cancelled';

/** What each code of node:dns that is no answer means; all others are as temporary as these. */
const PROBLEMS: Readonly<{ [code: string]: string }> = {
  ESERVFAIL: 'the name server could not find out (SERVFAIL)',
  EREFUSED: 'the name server refused to answer (REFUSED)',
  ETIMEOUT: 'no name server answered in time',
  ECONNREFUSED: 'no name server takes queries at the configured address',
  EFORMERR: 'the name server did not understand the query (FORMERR)',
  ENOTIMP: 'the name server can not answer such queries (NOTIMP)',
  EBADRESP: 'the answer of the name server could not be read',
};

function answerOf(error: unknown): DnsAnswer<never> {
  const { code = '', message = String(error) } = error as Partial<NodeJS.ErrnoException>;
  if (code === 'ENODATA') return { kind: 'empty', authentic: false };
  // EBADNAME: too long, or with an empty label. No such name can exist (RFC 1035 §2.3.4).
  if (code === 'ENOTFOUND' || code === 'EBADNAME') return { kind: 'missing', authentic: false };
  return failed(PROBLEMS[code] ?? `the look-up failed (${code === '' ? message : code})`);
}

function failed(problem: string): DnsAnswer<never> {
  return { kind: 'failed', problem };
}
