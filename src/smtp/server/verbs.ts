/** All verbs, one row each. The EHLO list and HELP are made from these rows. */
import { auth } from './auth.ts';
import { bdat } from './bdat.ts';
import { data } from './data.ts';
import { ehlo } from './ehlo.ts';
import { expn } from './expn.ts';
import { helo } from './helo.ts';
import { help } from './help.ts';
import { lhlo } from './lhlo.ts';
import { mail } from './mail.ts';
import { noop } from './noop.ts';
import { quit } from './quit.ts';
import { rcpt } from './rcpt.ts';
import { rset } from './rset.ts';
import { starttls } from './starttls.ts';
import type { Verb } from './verb.ts';
import { vrfy } from './vrfy.ts';

const ROWS: readonly Verb[] = [
  ehlo,
  helo,
  lhlo,
  mail,
  rcpt,
  data,
  bdat,
  rset,
  noop,
  quit,
  vrfy,
  expn,
  help,
  starttls,
  auth,
];

export const VERBS: ReadonlyMap<string, Verb> = new Map(ROWS.map((row) => [row.name, row]));
