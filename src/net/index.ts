/** Floor 1: connections as protocol sessions see them. Knows lines and bytes, not what they mean. */
export { customerNetwork, inNetworks, isLoopback, isPrivate, normalAddress } from './addresses.ts';
export { loadTlsContext } from './certificates.ts';
export type { LoadedTlsContext } from './certificates.ts';
export { dial, socketPath } from './dial.ts';
export type { DialOptions } from './dial.ts';
export { DotStuffer } from './dot-stuffer.ts';
export { bindProblem, listen } from './listen.ts';
export type { Listener, ListenOptions, RefusedWhy } from './listen.ts';
export { memoryWirePair } from './memory.ts';
export type { MemoryPair, MemoryPairOptions } from './memory.ts';
export { makeSelfSigned } from './self-signed.ts';
export type { SelfSignedOptions } from './self-signed.ts';
export { WireError } from './wire.ts';
export type {
  BareOctet,
  ChannelBindingType,
  ChunkSink,
  DottedRead,
  Endpoint,
  Line,
  LineRead,
  PeerCertificate,
  StartTls,
  TlsServerContext,
  TlsState,
  Wire,
  WireErrorKind,
} from './wire.ts';
