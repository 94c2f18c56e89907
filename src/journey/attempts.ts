/** One attempt to hand a message on, in words: who was tried, what was said, where it ended. */
import type { EventFacts } from '../store/index.ts';
import { ended, host, line, lowerFirst } from './phrases.ts';
import type { Step } from './story.ts';

type Attempt = Extract<EventFacts, { kind: 'attempt' }>;

export function attemptSentence(facts: Attempt): string {
  const { attempt, server, destination, login, route } = facts;
  const way = route === undefined ? '' : `, by the route ${route}`;
  const took = `${((facts.endedAt - facts.startedAt) / 1000).toFixed(1)} s`;
  if (facts.rule === 'attempt-stopped')
    return `Try ${attempt} at ${destination} was stopped before it was decided, because our program was ending; it will be made again (${took}).`;
  // A socket of this machine has a name only.
  if (server.name === undefined && server.ip === undefined)
    return `Try ${attempt}: we looked for the server of ${destination} to become its client${way}: ${said(facts)} (${took}).`;
  if (facts.stage === 'connect')
    return `Try ${attempt}: we became the client and did not reach ${host(server)}${way}: ${said(facts)} (${took}).`;
  const reused = facts.reused === true ? ', on a connection open from a message before' : '';
  const as = login === undefined ? '' : `, we logged in as ${login.name} (${login.mechanism})`;
  return `Try ${attempt}: we became the client; ${host(server)} was the server, ${line(facts.tls)}${reused}${as}${way}; ${reencoding(facts)}${said(facts)} (${STAGE[facts.stage] ?? facts.stage}, ${took}).${doubt(facts)}`;
}

/** The server's answer, or what went wrong. */
function said({ reply, problem = '', server }: Attempt): string {
  if (reply !== undefined) return `it answered ${[reply.code, reply.enhanced, reply.text].filter(Boolean).join(' ')}`;
  return lowerFirst(withoutPlace(problem, host(server)));
}

/** A problem names its server at the end, for the log; where the sentence around it does too, once is enough. */
function withoutPlace(problem: string, server: string): string {
  return problem.replace('The server could not be reached: ', '').replace(` (${server})`, '');
}

/** Only this try: what is kept here stays as it came. */
function reencoding({ reencoded }: Attempt): string {
  if (reencoded === undefined) return '';
  const signature = reencoded.dkim ? ', which breaks its DKIM signature' : '';
  return `the message was re-encoded in 7 bits for it${signature}; `;
}

function doubt({ outcome, nextAt }: Attempt): string {
  return outcome === 'unsure' && nextAt !== undefined ? ' If it did, the next try gives it a second time.' : '';
}

const STAGE: Readonly<Record<string, string>> = {
  greeting: 'at the greeting',
  ehlo: 'while introducing ourselves',
  tls: 'while turning on encryption',
  auth: 'at our login',
  mail: "at the sender's address",
  rcpt: 'at this recipient',
  data: 'while handing over the message',
  dot: 'after the whole message',
};

/** The other servers of the same attempt, one line each. */
export function othersInWords({ others = [] }: Step): readonly string[] {
  return others.map(({ host: name = '', ip = '', port, reply = 'no answer' }) => {
    const server = host({ name, ip, ...(port === undefined ? {} : { port }) });
    return `In the same try, ${server}: ${ended(lowerFirst(withoutPlace(reply.replaceAll('\n', ' '), server)))}`;
  });
}

/** Whether a try went like the step before it. */
export function isSameAgain(step: Step, before: Step | undefined): boolean {
  return step.facts.kind === 'attempt' && before?.facts.kind === 'attempt' && howItWent(step) === howItWent(before);
}

/** All but its number and its times. */
function howItWent(step: Step): string {
  const { server, route, stage, outcome, reply, problem, tls, login } = step.facts as Attempt;
  return JSON.stringify([server, route, stage, outcome, reply, problem, tls, login, othersInWords(step)]);
}

/** One or more tries in a row that went like the one before them. */
export function againSentence(tries: readonly Step[]): string {
  const numbers = tries.map(({ facts }) => (facts as Attempt).attempt);
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === last) return `Try ${first}: the same again.`;
  const and = last === (first ?? 0) + 1 ? 'and' : 'to';
  return `Tries ${first} ${and} ${last}, the last at this time: the same again.`;
}
