/** What tests of other rooms may import from here, and product code may not. */
export { scriptedWire } from './fake-wire.ts';
export type { Scripted, ScriptedOptions } from './fake-wire.ts';
