/**
 * The table of verbs: what the session understands and what CAPA lists both come from here. Adding a verb is one
 * file and one line.
 */
import type { VerbRow } from './verb.ts';
import { APOP } from './verbs/apop.ts';
import { AUTH } from './verbs/auth.ts';
import { capa } from './verbs/capa.ts';
import { DELE } from './verbs/dele.ts';
import { LANG } from './verbs/lang.ts';
import { LIST } from './verbs/list.ts';
import { NOOP } from './verbs/noop.ts';
import { PASS } from './verbs/pass.ts';
import { QUIT } from './verbs/quit.ts';
import { RETR } from './verbs/retr.ts';
import { RSET } from './verbs/rset.ts';
import { STAT } from './verbs/stat.ts';
import { STLS } from './verbs/stls.ts';
import { TOP } from './verbs/top.ts';
import { UIDL } from './verbs/uidl.ts';
import { USER } from './verbs/user.ts';
import { UTF8 } from './verbs/utf8.ts';

const CAPA = capa(() => rows);

/** In the order in which CAPA lists what they bring. */
const rows: readonly VerbRow[] = [
  CAPA,
  STLS,
  USER,
  PASS,
  AUTH,
  APOP,
  UTF8,
  LANG,
  STAT,
  LIST,
  UIDL,
  TOP,
  RETR,
  DELE,
  NOOP,
  RSET,
  QUIT,
];

const byName: ReadonlyMap<string, VerbRow> = new Map(rows.map((verb) => [verb.name, verb]));

/** By keyword in upper case. */
export function findVerb(keyword: string): VerbRow | undefined {
  return byName.get(keyword);
}
