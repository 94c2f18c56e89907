/** Floor 1: connections as protocol sessions see them. Knows lines and bytes, not what they mean. */
export { WireError } from './wire.ts';
export type {
  BareOctet,
  ChunkSink,
  DottedRead,
  Endpoint,
  Line,
  LineRead,
  StartTls,
  TlsServerContext,
  TlsState,
  Wire,
  WireErrorKind,
} from './wire.ts';
