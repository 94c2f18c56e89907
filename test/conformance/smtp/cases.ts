/** All cases for a server that takes mail in from other servers. */
import type { Case } from '../case.ts';
import { PARAMETERS, PATHS, RELAY } from './addresses.ts';
import { GREETING, ORDER, VERBS } from './commands.ts';
import { CONTENT, PIPELINING, SMUGGLING, TLS } from './content.ts';
import type { SmtpServer } from './dialogue.ts';
import { CHUNKS, ENDS } from './endings.ts';

export const SMTP_CASES: readonly Case<SmtpServer>[] = [
  ...GREETING,
  ...VERBS,
  ...ORDER,
  ...PATHS,
  ...PARAMETERS,
  ...RELAY,
  ...CONTENT,
  ...SMUGGLING,
  ...PIPELINING,
  ...CHUNKS,
  ...ENDS,
  ...TLS,
];
