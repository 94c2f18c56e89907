/** All methods of emails (RFC 8621 §4, §5). */
import type { Method } from '../method.ts';
import { emailChanges } from './changes.ts';
import { emailCopy } from './copy.ts';
import { emailGet } from './get.ts';
import { emailImport } from './import.ts';
import { emailParse } from './parse.ts';
import type { EmailParts } from './parts.ts';
import { emailQueries } from './query.ts';
import { emailSet } from './set.ts';
import { snippetGet } from './snippets.ts';

export function emailMethods(parts: EmailParts): readonly Method[] {
  return [
    emailGet(parts),
    emailChanges(parts),
    ...emailQueries(parts),
    emailSet(parts),
    emailCopy,
    emailImport(parts),
    emailParse(parts),
    snippetGet(parts),
  ];
}
