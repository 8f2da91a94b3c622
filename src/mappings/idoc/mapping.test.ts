/** Every IDoc in canonical words and back. */
import { idoc as codec, type Idoc } from "../../codecs/idoc/codec.ts";
import { holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { idoc } from "./mapping.ts";

const travelled = (one: Idoc): Idoc =>
  codec().decode(codec().encode({ form: { syntax: "xml" }, idocs: [one] })).idocs[0]!;

holds(
  idoc,
  FULL,
  (text) => travelled(JSON.parse(text)),
  () => travelled,
);
