/** Names in a Maildir, as mail programs understand them: `<unique>:2,<flags>`, the flags in alphabetical order. */

const FLAGS: readonly (readonly [flag: string, keyword: string])[] = [
  ['D', '$draft'],
  ['F', '$flagged'],
  ['P', '$forwarded'],
  ['R', '$answered'],
  ['S', '$seen'],
];

export function maildirName(unique: string, keywords: readonly string[]): string {
  const flags = FLAGS.filter(([, keyword]) => keywords.includes(keyword)).map(([flag]) => flag);
  return `${unique}:2,${flags.join('')}`;
}

/** Whether a Maildir's name can say this keyword. */
export function isFlag(keyword: string): boolean {
  return FLAGS.some(([, one]) => one === keyword);
}

const INFO = /[:;!-]2,([A-Za-z]*)$/;

export function withoutFlags(name: string): string {
  return name.replace(INFO, '');
}

/** Where file systems know no ":", programs write ";", "!" or "-". What we have no keyword for (T, own flags) is passed over. */
export function keywordsInName(name: string): readonly string[] {
  const flags = INFO.exec(name)?.[1] ?? '';
  return FLAGS.filter(([flag]) => flags.includes(flag)).map(([, keyword]) => keyword);
}
