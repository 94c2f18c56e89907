/** The last rung: names that servers often have, tried one after the other. Nothing but a greeting is exchanged. */
import type { MailServer, Protection } from '../server.ts';
import type { Candidate, LadderParts, Rung } from './ladder.ts';

type Guess = readonly [protection: Protection, port: number];

const NAMES = { pop3: ['pop', 'mail', 'pop3', ''], smtp: ['smtp', 'mail', ''] } as const;
const PORTS: Readonly<Record<MailServer['protocol'], readonly Guess[]>> = {
  pop3: [
    ['implicit', 995],
    ['starttls', 110],
  ],
  smtp: [
    ['implicit', 465],
    ['starttls', 587],
  ],
};

export async function probeRung(parts: LadderParts): Promise<Omit<Rung, 'id'>> {
  const [pop3, smtp] = await Promise.all([firstThatAnswers(parts, 'pop3'), firstThatAnswers(parts, 'smtp')]);
  const asked = `the usual names: pop.${parts.address.domain}, mail.${parts.address.domain} …`;
  if (pop3 === undefined && smtp === undefined)
    return { asked, said: 'nothing', words: 'Nobody answers there. Enter the servers as your provider tells them.' };
  const names = [pop3, smtp].flatMap((one) => (one === undefined ? [] : [one.server.host]));
  return {
    asked,
    said: 'found',
    words: `${[...new Set(names)].join(' and ')} answered.`,
    ...(pop3 === undefined ? {} : { pop3 }),
    ...(smtp === undefined ? {} : { smtp }),
  };
}

/** All at once, because each may take its time to say nothing; the first in the list that answers is taken. */
async function firstThatAnswers(
  { address, probe, signal }: LadderParts,
  protocol: MailServer['protocol'],
): Promise<Candidate | undefined> {
  const guesses = PORTS[protocol].flatMap(([protection, port]) =>
    NAMES[protocol].map((name): MailServer => {
      const host = name === '' ? address.domain : `${name}.${address.domain}`;
      return { protocol, protection, host, port };
    }),
  );
  const answers = await Promise.all(guesses.map((server) => probe(server, signal).catch(() => false)));
  const server = guesses[answers.indexOf(true)];
  if (server === undefined) return undefined;
  const doubt = `It was found by trying names. Is ${server.host} your provider’s?`;
  return { server, login: `${address.local}@${address.domain}`, doubt };
}
