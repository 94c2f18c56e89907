/** The argument of BDAT (RFC 3030 §2). */
import type { Reply } from '../../mail/index.ts';
import { badArgument } from './refusals.ts';

export interface Chunk {
  /** Octets that follow the command line. */
  readonly size: number;
  readonly last: boolean;
}

/** bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CR LF ; chunk-size = 1*DIGIT ; end-marker = "LAST" */
export function parseChunk(text: string): Chunk | Reply {
  const parts = /^([0-9]{1,15})(?:[ \t]+(LAST))?$/i.exec(text);
  if (parts === null)
    return badArgument('BDAT wants the number of octets, and LAST behind the last ones, as in BDAT 1000 LAST');
  return { size: Number(parts[1]), last: parts[2] !== undefined };
}
