/** A Resolver over make-believe zones, without sockets. */
import type { DnsAnswer, Resolver } from './resolver.ts';
import { lookUp } from './fake-zones.ts';
import type { ZoneRecord, Zones } from './fake-zones.ts';

export interface FakeResolver extends Resolver {
  /** What was asked so far: "MX a.test". */
  readonly asked: readonly string[];
}

/** `zones` is read anew at each look-up. A name that fails with `silence` answers at once as a resolver does after its time-out. */
export function fakeResolver(zones: Zones): FakeResolver {
  const asked: string[] = [];

  async function ask<Record>(
    name: string,
    type: ZoneRecord['type'],
    read: (record: ZoneRecord) => Record,
    signal?: AbortSignal,
  ): Promise<DnsAnswer<Record>> {
    if (signal?.aborted === true) return { kind: 'failed', problem: 'the look-up was cancelled' };
    asked.push(`${type} ${name}`);
    const answer = lookUp(zones, name, type);
    if (answer.kind === 'failed') return { kind: 'failed', problem: SENTENCES[answer.how] };
    const authentic = answer.name.authentic === true;
    if (answer.kind !== 'found') return { kind: answer.kind, authentic };
    return { kind: 'found', records: answer.records.filter((record) => record.type === type).map(read), authentic };
  }

  const data = (record: ZoneRecord): string =>
    record.type === 'MX' ? record.exchange : record.type === 'SRV' ? record.target : record.data;
  return {
    asked,
    mx: (domain, signal) =>
      ask(
        domain,
        'MX',
        (record) => ({
          preference: record.type === 'MX' ? record.preference : 0,
          exchange: data(record).toLowerCase().replace(/\.$/, ''),
        }),
        signal,
      ),
    a: (host, signal) => ask(host, 'A', data, signal),
    aaaa: (host, signal) => ask(host, 'AAAA', data, signal),
    txt: (name, signal) => ask(name, 'TXT', data, signal),
    srv: (name, signal) =>
      ask(
        name,
        'SRV',
        (record) => ({
          priority: record.type === 'SRV' ? record.priority : 0,
          weight: record.type === 'SRV' ? record.weight : 0,
          port: record.type === 'SRV' ? record.port : 0,
          target: data(record).toLowerCase().replace(/\.$/, ''),
        }),
        signal,
      ),
  };
}

const SENTENCES = {
  servfail: 'the name server could not find out (SERVFAIL)',
  refused: 'the name server refused to answer (REFUSED)',
  silence: 'no name server answered in time',
  rubbish: 'the answer of the name server could not be read',
} as const;
