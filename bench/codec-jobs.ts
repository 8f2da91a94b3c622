/** Our readers of each format, and bare saxes as the floor of XML, for `codecs.ts`. */
import { b2mml } from "crossdock/codecs/b2mml";
import { camt053 } from "crossdock/codecs/camt053";
import { csv } from "crossdock/codecs/csv";
import { type Node as EdifactNode, edifact, readEdifact } from "crossdock/codecs/edifact";
import { epcis } from "crossdock/codecs/epcis";
import { idoc } from "crossdock/codecs/idoc";
import { mt940 } from "crossdock/codecs/mt940";
import { ubl } from "crossdock/codecs/ubl";
import { readX12, type Node as X12Node, x12 } from "crossdock/codecs/x12";
import { SaxesParser } from "saxes";
import { measure } from "./codec-loop.ts";

const columns = ["sku", "plant", "description", "onHand", "uom", "price", "countedOn"];
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A parser nobody listens to but for counting: what reading XML costs before anything is made of it. */
function saxes(body: Uint8Array, xmlns: boolean): number {
  const parser = new SaxesParser({ xmlns });
  let elements = 0;
  parser.on("opentag", () => {
    elements += 1;
  });
  parser.on("text", () => {});
  parser.on("closetag", () => {});
  parser.write(decoder.decode(body)).close();
  return elements;
}

/** A file that comes as one chunk; the readers cut it up themselves. */
async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

const acceptedSets = (body: Uint8Array) =>
  x12()
    .decode(body)
    .interchanges.flatMap(({ groups }) => groups.flatMap(({ sets }) => sets))
    .filter(({ verdict }) => verdict === "accepted");

const acceptedMessages = (body: Uint8Array) =>
  edifact()
    .decode(body)
    .interchanges.flatMap(({ groups }) => groups.flatMap(({ messages }) => messages))
    .filter(({ verdict }) => verdict === "accepted");

type Nodes = readonly (X12Node | EdifactNode)[];
const allThere = (nodes: Nodes): boolean =>
  nodes.every((node) =>
    "children" in node ? allThere(node.children) : node.elements.every((element) => element !== undefined),
  );
/** Every element of it: the bodies of a large document are made when they are looked at. */
const lookedAt = ({ body }: { readonly body: Nodes }): boolean => allThere(body);

await measure({
  x12: async (body) => {
    let sets = 0;
    for await (const event of readX12(once(body)))
      if (event.kind === "set" && event.set.verdict === "accepted") sets += 1;
    return sets;
  },
  "x12 as one document": (body) => acceptedSets(body).length,
  "x12 as one document, looked at": (body) => acceptedSets(body).filter(lookedAt).length,
  edifact: async (body) => {
    let messages = 0;
    for await (const event of readEdifact(once(body)))
      if (event.kind === "message" && event.message.verdict === "accepted") messages += 1;
    return messages;
  },
  "edifact as one document": (body) => acceptedMessages(body).length,
  "edifact as one document, looked at": (body) => acceptedMessages(body).filter(lookedAt).length,
  camt: (body) => camt053().decode(body).statements[0]!.entries.length,
  ubl: (body) => {
    const message = ubl().decode(body);
    return message.kind === "Invoice" ? message.body.lines.length : 0;
  },
  "epcis events": (body) => epcis().decode(body).events.length,
  "b2mml definitions": (body) => b2mml().decode(body).definitions.length,
  "idoc xml": (body) => idoc().decode(body).idocs.length,
  csv: (body) => csv({ columns, delimiter: ";" }).decode(body).length,
  mt940: (body) =>
    mt940()
      .decode(body)
      .messages.reduce((sum, { statement }) => sum + statement.entries.length, 0),
  "saxes without namespaces": (body) => saxes(body, false),
  "saxes with namespaces": (body) => saxes(body, true),
});
