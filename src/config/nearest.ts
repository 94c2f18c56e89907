/** The name somebody probably meant. */

/** The candidate that is fewest slips away, if that is few enough for its length. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const plain = simplified(name);
  const ranked = candidates
    .map((candidate) => ({ candidate, slips: slips(plain, simplified(candidate)) }))
    .filter(({ candidate, slips: count }) => count <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.candidate;
}

/** Case, hyphens and underscores are no slips; and no name is so long that comparing takes time. */
function simplified(name: string): string {
  return name.slice(0, 64).toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Letters to insert, remove or change (Levenshtein); two neighbours swapped count as one slip. */
function slips(a: string, b: string): number {
  const table: number[][] = [];
  const at = (i: number, j: number): number => table[i]?.[j] ?? Infinity;
  for (let i = 0; i <= a.length; i++) {
    table.push([]);
    for (let j = 0; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
      table[i]?.push(i === 0 ? j : Math.min(changed, at(i - 1, j) + 1, at(i, j - 1) + 1, swapped));
    }
  }
  return at(a.length, b.length);
}
