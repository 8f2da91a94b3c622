/** EPCIS events in canonical words and back. */
import { epcis as codec } from "../../codecs/epcis/codec.ts";
import { holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { epcis } from "./mapping.ts";

const documentOf = (text: string) => codec().decode(new TextEncoder().encode(text));

holds({ EPCIS: epcis }, FULL, documentOf, () => (draft) => codec().decode(codec().encode(draft)));
