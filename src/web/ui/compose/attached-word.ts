/**
 * Whether a letter speaks of something attached. Only what its writer typed counts: not the quote, not the signature,
 * or the question comes with every answer to a letter that had a disclaimer.
 */

/** Words by language; all are looked for, because people write in several. `*` stands for an ending. */
const WORDS = [
  'attach*',
  'enclosed',
  'enclosing',
  'see the file', // English
  'anbei',
  'angehängt*',
  'im anhang',
  'als anhang',
  'beigefügt*',
  'anlage', // German
  'ci-joint*',
  'pièce jointe',
  'pièces jointes',
  'en annexe', // French
  'adjunto*',
  'adjunta*',
  'anexo*', // Spanish, Portuguese
  'allegat*',
  'in allegato', // Italian
  'bijgevoegd*',
  'bijlage*',
  'bifogad*',
  'bifogar',
  'vedlagt*',
  'vedhæftet',
  'liitteenä', // Dutch and the north
  'w załączeniu',
  'załącznik*',
  'v příloze',
  'приложен*',
  'во вложении',
  'прикреп*', // Polish, Czech, Russian
  '附件',
  '添付',
  '첨부',
  'مرفق',
  'מצורף',
  'מצורפת',
] as const;

/** A letter or digit stands not before it and, unless an ending may follow, not behind it. Scripts without blanks know no such bounds. */
const PATTERNS = WORDS.map((word) => {
  const stem = word.replace('*', '').replaceAll(' ', '\\s+');
  if (/^[\u3000-\u9fff\uac00-\ud7af\u0590-\u06ff]/u.test(word)) return stem;
  return `(?<![\\p{L}\\p{N}])${stem}${word.endsWith('*') ? '\\p{L}*' : ''}(?![\\p{L}\\p{N}])`;
});
const SPEAKS = new RegExp(PATTERNS.join('|'), 'iu');

/** How much of a letter is looked at, in characters. */
const LOOKED_AT = 20_000;

/** The word that speaks of an attachment, as it was written; undefined where none does. */
export function attachedWord(own: string): string | undefined {
  return SPEAKS.exec(ownText(own).slice(0, LOOKED_AT))?.[0];
}

/** A text without quoted lines, what introduces them, and what stands behind the signature's `-- `. */
function ownText(text: string): string {
  const lines = text.split(/\r?\n/u);
  const signature = lines.findIndex((line) => line === '-- ' || line === '--');
  return (signature < 0 ? lines : lines.slice(0, signature)).filter((line) => !line.startsWith('>')).join('\n');
}
