/**
 * How this engine searches words: FTS5 and its query language, which only this file speaks. Nothing a person wrote is
 * ever part of that language: words are cut out of it and quoted.
 */
import type { Phrase } from './words.ts';

export type WordColumn = 'subject' | 'sender' | 'receiver' | 'cc' | 'bcc' | 'body' | 'attachments' | 'header';

/** Emails of an account that have all the phrases in one of the columns, each anywhere in them; takes the query and two seqs. */
export const SEQS_WITH_WORDS = 'SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ?';

export function matchQuery(columns: readonly WordColumn[], phrases: readonly Phrase[]): string {
  return `{${columns.join(' ')}} : (${phrases.map(quoted).join(' AND ')})`;
}

function quoted({ words, prefix }: Phrase): string {
  return `"${words.join(' ')}"${prefix ? ' *' : ''}`;
}
