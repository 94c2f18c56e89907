/** Names of files as others gave them, made fit for a disk: no path, nothing hidden, no longer than file systems take. */

/** The longest name that file systems take, in octets. */
const LONGEST_NAME = 255;

/**
 * Control characters, those that turn the direction of text (a "gpj.exe" that looks like "exe.jpg"), and separators of
 * paths become "_"; so do the dots in front, which hide a file or lead out of its folder. Never empty.
 */
export function safeName(name: string, most = LONGEST_NAME): string {
  const flat = name.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029/\\]/gu, '_');
  // What goes first may have stood in front of a dot.
  return shortened(flat, most).replace(/^\.+/, '_');
}

/** Its end says what kind of file it is, so the front goes. */
function shortened(name: string, most: number): string {
  let left = most;
  const characters = Array.from(name.slice(-most - 1)).toReversed();
  const over = characters.findIndex((character) => (left -= Buffer.byteLength(character)) < 0);
  const kept = over < 0 ? characters : characters.slice(0, over);
  return kept.toReversed().join('') || 'file';
}

/** Names that Windows keeps for devices, whatever stands behind their dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** Room for " (1000)" behind a name. */
const NUMBERED = LONGEST_NAME - 7;

/**
 * Of files that will lie in one folder, on any system: safe, without what Windows refuses, and each once, where capital
 * letters and the ways to write an accent make no difference.
 */
export function namesInFolder(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  const free = (name: string): boolean => !taken.has(folded(name));
  return names.map((name) => {
    const wanted = safeName(portable(name), NUMBERED);
    let given = wanted;
    for (let n = 2; !free(given); n += 1) given = numbered(wanted, n);
    taken.add(folded(given));
    return given;
  });
}

function portable(name: string): string {
  return name
    .normalize('NFC')
    .replaceAll(/[<>:"|?*]/g, '_')
    .replace(/[. ]+$/, '')
    .trimStart()
    .replace(DEVICE, '$&_');
}

const folded = (name: string): string => name.normalize('NFKC').toLowerCase();

function numbered(name: string, n: number): string {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 ? dot : name.length;
  return `${name.slice(0, end)} (${String(n)})${name.slice(end)}`;
}
