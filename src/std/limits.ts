/**
 * Every bound in Crossdock, in one place, with its arithmetic.
 *
 * A queue, batch or retry without a bound still has one: the memory of the machine, found at night.
 */
export const limits = {
  /** Lanes of a new database. Sixteen keep four workers evenly busy; a commit moves at most sixteen narrow rows. */
  lanes: 16,
  /** Arrivals in one commit. At 1 kB each, half a megabyte a transaction: under 20 ms on a laptop. */
  acceptBatchMax: 500,
  /** Arrivals waiting for a commit before callers are asked to come back: ten full batches, about a quarter second. */
  acceptWaitingMax: 5_000,
  /** Bytes of them: one that is as large as may be, or as many of 1 MB as a gateway takes in half a second. */
  acceptWaitingBytesMax: 64 * 1024 * 1024,
  /** How old the oldest unread fact may be before nothing more is taken in: five minutes are two million facts behind. */
  lagMaxMs: 5 * 60_000,
  /** How long readers may be held back by one transaction of anybody before people are told. */
  feedStalledMs: 5_000,
  /** Bytes of one arrival. Larger things travel in files that are split where they are read. */
  arrivalBytesMax: 64 * 1024 * 1024,
  /** UTF-8 bytes of a business key. Two of them with their types stand in one row of an index, which holds 2,704. */
  keyBytesMax: 500,
  /** UTF-8 bytes of any other text from outside that stands in an index, beside two names of ours. */
  indexedBytesMax: 1_600,
  /** Records of a large file that are committed together, and their bytes: whichever comes first. */
  chunkRecordsMax: 500,
  chunkBytesMax: 1_048_576,
  /** Chunks of a batch the conductor may be behind, and deliveries owed to a system, before reading waits for them. */
  chunksAheadMax: 8,
  owedAheadMax: 2_000,
  /** Journal entries read and decided in one transaction. */
  stepBatchMax: 500,
  /** Bytes of messages read at once, of the journal or of what is owed, or one message that is larger: 500 of 32 kB. */
  pageBytesMax: 16 * 1024 * 1024,
  /** Calls of one connection that have begun and are not recorded yet: two full batches. */
  unrecordedMax: 1_000,
  /** Outcomes recorded in one transaction. */
  outcomeBatchMax: 500,
  /** Instances kept in memory between steps; at 2 kB each, 40 MB. The rest is read when needed. */
  instancesCachedMax: 20_000,
  /** Deliveries of one connection kept in memory, some 2 kB each; the rest waits in the table and is fetched in pages. */
  deliveriesInMemoryMax: 10_000,
  /** Of them, those of one business key: a hundredth, so that one that is slow or fails leaves room for the others. */
  deliveriesOfOneKeyMax: 100,
  /** Bytes of their messages, as the journal has them: ten thousand of 2 kB, or one that is larger. */
  deliveryBytesInMemoryMax: 20 * 1024 * 1024,
  /** Business keys of one connection that may stand still, some 200 bytes each, before no more of it is read. */
  keysStillMax: 100_000,
  /** Tries of what failed before, of the calls of one target while new ones wait: a tenth of these, and this many at once. */
  retryShare: 0.1,
  retryBurst: 20,
  /** Deliveries fetched in one page when memory has room again. */
  deliveriesPage: 1_000,
  /** Workers lost with one thing in their hands before it is set aside. */
  crashesMax: 3,
  /** How long after a worker was lost what is begun is written down first: whatever ends workers comes again within minutes. */
  carefulMs: 10 * 60_000,
  /** How often an instance whose version the build lacks is looked at again: a deployment that was taken back may come again. */
  versionLookMs: 60_000,
  /** When a system that would book twice is asked again about what was sent twice: after a quarter of an hour, and a day. */
  firstLookMs: 15 * 60_000,
  secondLookMs: 24 * 3_600_000,
  /** Due instances fired in one transaction: a herd of 100,000 takes 200 of them. */
  dueBatchMax: 500,
  /** A lane lease. A killed worker's lanes are taken over after it: under the twenty seconds we promise. */
  leaseMs: 12_000,
  /** How long PostgreSQL may take for an answer: longer than a lease, so who waits that long has lost its lanes anyway. */
  databaseAnswerMs: 15_000,
  /** How often a lease is renewed: a worker may miss three beats before it loses a lane. */
  heartbeatMs: 3_000,
  /** How often while a worker has less than its share of the lanes: two small statements, until the others have given theirs up. */
  shortBeatMs: 500,
  /** How often the due times, probes and pages of every connection are looked after: some microseconds each. */
  lookAfterMs: 100,
  /** Longest pause before an idle worker looks at the journal for what other workers wrote. */
  idlePollMs: 50,
  /** Inputs an instance keeps while it cannot take a step. More means its start will never come. */
  keptInputsMax: 1_000,
  /** Business keys remembered as already indexed, so that the second event of an order writes none. */
  keysCachedMax: 50_000,
} as const;
