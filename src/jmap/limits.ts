/** The limits of RFC 8620 §2, advertised in the session and enforced here. */
export const LIMITS = {
  /** A request is parsed in memory, once as text and once as values: eight of these at a time are what an account can cost. */
  maxSizeRequest: 10_000_000,
  /** Per account and process: a browser opens six connections to a host. */
  maxConcurrentRequests: 8,
  maxConcurrentUpload: 4,
  /** A client that syncs all types and opens a letter makes about a dozen. */
  maxCallsInRequest: 64,
  /** RFC 8620 §2 suggests 500. The store gives 1,000 rows at a time. */
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
} as const;

/** Ids in one answer of /changes, unless the client wants fewer: it asks again. */
export const MAX_CHANGES = 1_000;

/** Ids in one answer of /query, unless the client wants fewer. */
export const MAX_QUERY = 1_000;
