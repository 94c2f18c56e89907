/** What the domain says in its name server: SRV records (RFC 6186, RFC 8314 §5.1). */
import type { DnsAnswer, SrvRecord } from '../../dns/index.ts';
import type { MailServer, Protection } from '../server.ts';
import type { Candidate, LadderParts, Rung } from './ladder.ts';

const SERVICES: readonly (readonly [name: string, protocol: MailServer['protocol'], protection: Protection])[] = [
  ['_pop3s', 'pop3', 'implicit'],
  ['_pop3', 'pop3', 'starttls'],
  ['_submissions', 'smtp', 'implicit'],
  ['_submission', 'smtp', 'starttls'],
];

export async function srvRung({ address, resolver, signal }: LadderParts): Promise<Omit<Rung, 'id'>> {
  const { domain } = address;
  const asked = `the name server, for services of ${domain} (SRV)`;
  const answers = await Promise.all(SERVICES.map(([name]) => resolver.srv(`${name}._tcp.${domain}`, signal)));
  const failed = answers.find((answer) => answer.kind === 'failed');
  const found = SERVICES.flatMap(([, protocol, protection], i) => {
    const record = bestOf(answers[i] as DnsAnswer<SrvRecord>);
    if (record === undefined) return [];
    const server = { protocol, protection, host: record.target, port: record.port };
    return [candidate(server, address, (answers[i] as { authentic?: boolean }).authentic === true)];
  });
  const pop3 = found.find(({ server }) => server.protocol === 'pop3');
  const smtp = found.find(({ server }) => server.protocol === 'smtp');
  if (pop3 === undefined && smtp === undefined) {
    if (failed !== undefined) return { asked, said: 'failed', words: `Nobody could say: ${failed.problem}.` };
    return { asked, said: 'nothing', words: 'The domain names no mail services there.' };
  }
  const names = [pop3, smtp].flatMap((one) => (one === undefined ? [] : [one.server.host]));
  return {
    asked,
    said: 'found',
    words: `It names ${[...new Set(names)].join(' and ')}.`,
    ...(pop3 === undefined ? {} : { pop3 }),
    ...(smtp === undefined ? {} : { smtp }),
  };
}

/** The lowest priority, then the largest weight. A target of "." says: decidedly not offered (RFC 2782). */
function bestOf(answer: DnsAnswer<SrvRecord>): SrvRecord | undefined {
  if (answer.kind !== 'found') return undefined;
  return [...answer.records]
    .filter(({ target, port }) => target !== '' && port > 0)
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight)[0];
}

/** RFC 6186 §6: a name outside the domain may be anybody's, unless the answer was signed. */
function candidate(server: MailServer, address: LadderParts['address'], signed: boolean): Candidate {
  const { domain } = address;
  const within = server.host === domain || server.host.endsWith(`.${domain}`);
  return {
    server,
    login: `${address.local}@${domain}`,
    ...(within || signed
      ? {}
      : {
          doubt: `${server.host} is not part of ${domain}, and the answer of the name server was not signed. Is it your provider?`,
        }),
  };
}
