/** Account and payment messages of ISO 20022 in canonical words and back. */
import { pain001, pain008 } from "../../codecs/iso20022/codec.ts";
import { holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { camt, pain, pain002, remt001 } from "./mapping.ts";

const json = (text: string) => JSON.parse(text);
const CODECS = { "pain.001": pain001(), "pain.008": pain008() };

holds(camt, FULL, json, () => (draft) => draft);
holds(pain, FULL, json, (document) => (draft) => {
  const codec = CODECS[document as keyof typeof CODECS];
  return codec.decode(codec.encode(draft));
});
holds({ "pain.002": pain002 }, FULL, json, () => (draft) => draft);
holds({ "remt.001": remt001 }, FULL, json, () => (draft) => draft);
