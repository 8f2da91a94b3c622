/**
 * Reads one file after another for `samples.ts`, in a thread of its own that may be stopped at any time.
 *
 * The list of probes is the list of formats, the most particular first: whoever recognises a file first reads it.
 */
import { parentPort } from "node:worker_threads";
import { probe as b2mml } from "../codecs/b2mml/probe.ts";
import { probe as bai2 } from "../codecs/bai2/probe.ts";
import { probe as csv } from "../codecs/csv/probe.ts";
import { probe as edifact } from "../codecs/edifact/probe.ts";
import { probe as epcis } from "../codecs/epcis/probe.ts";
import { probe as idoc } from "../codecs/idoc/probe.ts";
import { probes as bank } from "../codecs/iso20022/probe.ts";
import { probe as json } from "../codecs/json/probe.ts";
import { probe as mt940 } from "../codecs/mt940/probe.ts";
import type { Probe } from "../codecs/probe.ts";
import { probe as sparkplug } from "../codecs/sparkplug/probe.ts";
import { probe as ubl } from "../codecs/ubl/probe.ts";
import { probe as x12 } from "../codecs/x12/probe.ts";
import { ContractBroken } from "../std/errors.ts";
import { unpacked } from "./packed.ts";
import type { SampleAnswer, SampleQuestion, SampleReady } from "./samples.ts";

const PROBES: readonly Probe[] = [
  x12,
  edifact,
  ...bank,
  mt940,
  bai2,
  ubl,
  idoc,
  epcis,
  b2mml,
  sparkplug,
  json,
  // The least particular: any text whose rows have the same number of fields.
  csv,
];
const START_BYTES = 8_192;

async function answer({ path, member }: SampleQuestion): Promise<SampleAnswer> {
  const nothing = { codec: null, documents: 0, line: null, kinds: {} };
  const { start, damage } = await startOf(unpacked(path, member));
  if (start.length === 0)
    return { ...nothing, outcome: "unknown", reason: damage?.message ?? "The file is empty." };
  const probe = PROBES.find((candidate) => candidate.recognises(start));
  if (!probe) return { ...nothing, outcome: "unknown", reason: "No codec recognises the content." };
  try {
    const { documents, kinds, refused } = await probe.read(unpacked(path, member));
    if (refused) return { codec: probe.codec, outcome: "refused", documents, kinds, ...refused };
    return { codec: probe.codec, outcome: "parsed", documents, kinds, line: null, reason: null };
  } catch (error) {
    if (error instanceof ContractBroken)
      return { ...nothing, codec: probe.codec, outcome: "refused", reason: error.message };
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { ...nothing, codec: probe.codec, outcome: "crashed", reason };
  }
}

async function startOf(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly start: Uint8Array; readonly damage: ContractBroken | undefined }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let damage: ContractBroken | undefined;
  try {
    for await (const chunk of chunks) {
      pieces.push(chunk);
      size += chunk.length;
      if (size >= START_BYTES) break;
    }
  } catch (error) {
    // What came before the damage says whose it is; its reader meets the damage again.
    if (!(error instanceof ContractBroken)) throw error;
    damage = error;
  }
  return { start: Buffer.concat(pieces).subarray(0, START_BYTES), damage };
}

parentPort?.on("message", (question: SampleQuestion) => {
  answer(question).then(
    (told) => parentPort?.postMessage(told),
    (error: unknown) =>
      parentPort?.postMessage({
        codec: null,
        outcome: "crashed",
        documents: 0,
        line: null,
        reason: String(error),
        kinds: {},
      } satisfies SampleAnswer),
  );
});

parentPort?.postMessage("ready" satisfies SampleReady);
