/** Files of many documents as a batch reads them: cut piece by piece, each record read or refused by itself. */
import { BEGINNING, type RawRecord, type Records } from "../../codecs/records.ts";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";

/** A batch keeps so many bytes of a record: one that holds more than its cutter allows is a fault. */
const RECORD_BYTES_MAX = 8_388_608;

/** So many records are read as well as cut: cutting is what has no bound of its own. */
const READ_MAX = 20_000;

/** Tells each record, and the refusal of each that is refused. @throws {ContractBroken} when no record can be read */
export async function* readRecords(
  format: Records<unknown>,
  chunks: AsyncIterable<Bytes>,
): AsyncGenerator<unknown, void, undefined> {
  const cutter = format.cutter(BEGINNING);
  let headChecked = false;
  let offset = 0;
  let count = 0;
  const read = function* (raws: readonly RawRecord[]) {
    for (const raw of raws) {
      if (!headChecked) format.checkHead(raw.place.head);
      headChecked = true;
      if (raw.place.offset < offset || raw.bytes.length > RECORD_BYTES_MAX)
        throw new Error(`A record at byte ${raw.place.offset} overlaps the one before it or is too large.`);
      offset = raw.place.offset + raw.length;
      count += 1;
      yield count > READ_MAX ? undefined : outcomeOf(format, raw);
    }
  };
  for await (const chunk of chunks) yield* read(cutter.push(chunk));
  yield* read(cutter.end());
}

/** The same of a file that is in memory, in two pieces: what is cut must not depend on where it is torn. */
export function recordsOf(format: Records<unknown>, body: Bytes): number {
  const [whole, torn] = [[body], [body.subarray(0, body.length >> 1), body.subarray(body.length >> 1)]].map(
    (pieces) => {
      const cutter = format.cutter(BEGINNING);
      return [...pieces.flatMap((piece) => cutter.push(piece)), ...cutter.end()];
    },
  );
  const placesOf = (raws: readonly RawRecord[] = []) =>
    raws.map(({ place, length }) => `${place.offset} ${length} ${place.line}`).join();
  if (placesOf(whole) !== placesOf(torn))
    throw new Error("The file is cut otherwise when it is torn in two.");
  for (const raw of whole ?? []) outcomeOf(format, raw);
  return whole?.length ?? 0;
}

function outcomeOf(format: Records<unknown>, raw: RawRecord): unknown {
  if (raw.broken) return raw.broken;
  try {
    return format.read(raw);
  } catch (error) {
    if (error instanceof ContractBroken && error.message.endsWith(".")) return error;
    throw error;
  }
}
