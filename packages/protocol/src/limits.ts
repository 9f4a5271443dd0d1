/** Limits of the wire. The database enforces the same ones: the edge function is not the boundary. */
export const LIMITS = {
  /** Mutations in one batch. */
  mutations: 1000,
  /** Bytes of a request body, after decompression. */
  bodyBytes: 4 * 1024 * 1024,
  /** Bytes of one mutation as JSON; a larger one is refused on the device, before it is queued. */
  mutationBytes: 1024 * 1024,
  /** Nesting of a request, its outermost object counted as 1. */
  depth: 32,
  /** Characters of one number as written: `1e131071` is eight, but becomes 64 kB in `numeric`. */
  numberDigits: 40,
  /** Characters of a cursor or page token. */
  cursorChars: 20_000,
  /** Changes in one page of a pull, where the client asks for no fewer. */
  pageChanges: 1000,
} as const;
