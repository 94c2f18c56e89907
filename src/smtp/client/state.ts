/**
 * Where a client stands in its conversation, each state with the words that follow "the connection
 * was lost …" in an error (HABITS 12), and with what may be answered there.
 */

export type ClientState =
  | 'greeting'
  | 'ehlo'
  | 'helo'
  | 'lhlo'
  | 'starttls'
  | 'tls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'text'
  | 'chunk'
  | 'dot'
  | 'rset'
  | 'quit';

interface StateRow {
  /** Fits behind "The connection was lost". */
  readonly phrase: string;
  /** First digits of the replies that make sense here (RFC 5321 §4.3.2); 4 and 5 always do. */
  readonly answers: '2' | '3' | '23' | '';
}

const STATES: Readonly<Record<ClientState, StateRow>> = {
  greeting: { phrase: 'while we waited for the greeting', answers: '2' },
  ehlo: { phrase: 'while we waited for the answer to EHLO', answers: '2' },
  helo: { phrase: 'while we waited for the answer to HELO', answers: '2' },
  lhlo: { phrase: 'while we waited for the answer to LHLO', answers: '2' },
  starttls: { phrase: 'while we waited for the answer to STARTTLS', answers: '2' },
  tls: { phrase: 'during the TLS handshake', answers: '' },
  auth: { phrase: 'while we logged in', answers: '23' },
  mail: { phrase: 'while we waited for the answer to MAIL FROM', answers: '2' },
  rcpt: { phrase: 'while we waited for the answer to RCPT TO', answers: '2' },
  data: { phrase: 'while we waited for the answer to DATA', answers: '3' },
  text: { phrase: 'in the middle of the message', answers: '' },
  chunk: { phrase: 'while we waited for the answer to a part of the message (BDAT)', answers: '2' },
  dot: { phrase: 'while we waited for the answer to the final dot', answers: '2' },
  rset: { phrase: 'while we waited for the answer to RSET', answers: '2' },
  quit: { phrase: 'while we waited for the answer to QUIT', answers: '2' },
};

export function phraseOf(state: ClientState): string {
  return STATES[state].phrase;
}

/** Whether a reply with this code can be an answer here at all; otherwise client and server have lost each other. */
export function isAnswerTo(state: ClientState, code: number): boolean {
  return code >= 400 || STATES[state].answers.includes(String(code)[0] as string);
}
