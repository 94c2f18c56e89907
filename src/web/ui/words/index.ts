/** Every word the interface says. `words.list.empty` is a text; where something is put in, it is a function. */
import { en } from './en/index.ts';
import { languageOf, pseudo } from './language.ts';

/** Tests under Node have no location. */
const search = (globalThis as { location?: { search: string } }).location?.search ?? '';

export const language = languageOf(search);
export const words: typeof en = language.pseudo ? pseudo(en) : en;
export { many, number, size } from './many.ts';
