/**
 * ERPs besides the first: the one of plant DAY, an old one that exchanges files, the one that is to follow, and planning of the nineties.
 *
 * A plant's movements go to the ERP that keeps the plant's books, and to no other. The old ERP keeps receivables of its own by IDoc and
 * says what it counted by spreadsheet. The one that is to follow is in `next-erp.ts`.
 *
 * @covers SYS-10, SYS-12, SYS-14, PRD-05
 */
import { type Codec, ContractBroken, connection, flow, type Message, type Snapshot } from "crossdock";
import {
  erp as books,
  decimals,
  finance,
  master,
  plant,
  production,
  purchasing,
  stock,
} from "crossdock/canon";
import { type CsvRow, csv } from "crossdock/codecs/csv";
import { type Idoc, idoc } from "crossdock/codecs/idoc";
import { file } from "crossdock/connectors/file";
import { restUpsert } from "crossdock/connectors/rest-upsert";
import { idoc as idocs } from "crossdock/mappings/idoc";
import { anyOf } from "../distribution/agreed.ts";
import { controlNumber } from "../distribution/control-number.ts";
import { json } from "../distribution/formats.ts";
import { type ErpWebhook, fromErp } from "../manufacturing/mappings/erp-reports.ts";
import type { NextLedger, PlantLedger } from "../manufacturing/settings.ts";
import { ENTITY, hasLeft, SALES, type SentWebhook } from "./day-sales.ts";
import {
  type Folders,
  inbox,
  inPieces,
  type Neighbourhood,
  pieces,
  type SigningIn,
} from "./neighbourhood.ts";
import { besideTheBooks } from "./next-erp.ts";

export interface Erps {
  /** As the manufacturing solution has it. */
  readonly second?: { readonly ledger: PlantLedger; readonly webhookSecrets: readonly string[] };
  readonly old?: Folders;
  /** As the manufacturing solution has it. */
  readonly next?: NextLedger;
  readonly planning?: Pick<Folders, "from" | "pollMs">;
}

export const erps = ({ second, old, next, planning }: Erps): Neighbourhood => ({
  flows: [
    ...(second ? [secondErpFlow(second.ledger)] : []),
    ...(old ? oldErp(old) : []),
    ...(next ? [besideTheBooks(next)] : []),
    ...(planning ? [hourly(planning)] : []),
  ],
  webhooks: second ? { dynamics: { flow: "second-erp-reports", secrets: second.webhookSecrets } } : {},
});

// Plant DAY ---------------------------------------------------------------------------------------------------------

interface Movement {
  readonly productionOrderId: string;
  readonly plant: string;
  readonly reportId: string;
  readonly postingDate: string;
  readonly documentDate: string;
}

const movement =
  <About extends Movement>(
    kind: "made" | "used" | "lost",
    lines: (about: About) => readonly { item: string; quantity: { value: string; uom: string } }[],
  ) =>
  (about: About) => ({
    movement: kind,
    report: about.reportId,
    productionorder: about.productionOrderId,
    postingdate: about.postingDate,
    lines: lines(about).map(({ item, quantity }) => ({ item, quantity: inPieces(quantity) })),
  });

/** The ERP of further plants, for the manufacturing solution, which hands it the movements of those plants. */
export function secondErp({
  plants,
  ...signIn
}: SigningIn & { readonly plants: readonly string[] }): PlantLedger {
  const path = "/productionmovements(externalkey='{report}')";
  const line = connection("dynamics", restUpsert, {
    title: "ERP of plant DAY",
    owner: "finance",
    config: {
      ...signIn,
      probe: "/",
      dialect: "dynamics",
      guarded: true,
      reference: "number",
      paths: {
        [plant.PostProductionReceipt.name]: path,
        [plant.PostConsumption.name]: path,
        [plant.PostScrap.name]: path,
        [plant.ReverseProductionMovement.name]: "/productionreversals(externalkey='{report}')",
        [purchasing.IssuePurchaseOrder.name]: "/salesorders(externalkey='{transfer}')",
        [purchasing.CancelPurchaseOrder.name]: "/salesordercancellations(externalkey='{transfer}')",
        [books.PostGoodsIssue.name]: "/goodsissues(externalkey='{delivery}')",
      },
      asks: {
        "production-status": { method: "GET", path: "/productionmovements?$filter={filter}" },
        "goods-issues": { method: "GET", path: "/goodsissues?$filter={filter}" },
        supply: { method: "GET", path: "/supplies(item='{item}',quantity={quantity})" },
      },
      businessCodes: ["ALREADY_SHIPPED"],
    },
  });
  const serves = ({ plant: where }: { readonly plant: string }) => plants.includes(where);
  return {
    line,
    entity: ENTITY,
    keeps: (where) => plants.includes(where),
    holds: madeThere,
    receipt: { serves, write: movement("made", ({ item, quantity }) => [{ item, quantity }]) },
    consumption: { serves, write: movement("used", ({ materials }) => materials) },
    scrap: { serves, write: movement("lost", ({ item, quantity }) => [{ item, quantity }]) },
    reversal: { serves, write: ({ reportId, reason }) => ({ report: reportId, reason }) },
    sales: SALES,
  };
}

interface Movements {
  readonly value: readonly {
    readonly number: string;
    readonly movement: string;
    readonly productionorder: string;
    readonly lines: readonly { readonly quantity: string }[];
  }[];
}

/** It books movements and keeps no orders, so it says how many were made, and not whether that is all. */
const madeThere: Snapshot = {
  system: "dynamics",
  about: "production-status",
  atOnce: 25,
  question: (numbers) => ({ filter: anyOf("productionorder", numbers) }),
  read({ value }: Movements, number) {
    const made = value.filter((one) => one.movement === "made" && one.productionorder === number);
    const pieces = made.flatMap(({ lines }) => lines.map(({ quantity }) => quantity));
    return {
      completed: {
        reached: null,
        figures: { made: decimals.add("0", ...pieces) },
        documents: made.map((one) => one.number),
      },
    };
  },
};

const secondErpFlow = ({ line }: PlantLedger) =>
  flow("second-erp-reports")
    .from(line)
    .decode(json)
    .publishAs([production.ProductionOrderReleased, stock.StockTransferred], (told) => {
      const webhook = told as ErpWebhook | SentWebhook;
      return webhook.type === "transfer.sent"
        ? hasLeft(webhook as SentWebhook)
        : fromErp(webhook as ErpWebhook);
    });

// The old ERP -------------------------------------------------------------------------------------------------------

const COUNTS = csv({ columns: ["count", "item", "store", "counted", "book", "at"], delimiter: ";" });
const IDOCS = idoc();
const FLAT = { syntax: "flat", records: "40", padded: true, zeros: true, parents: true } as const;

/** A file of the old ERP: IDocs, or the rows of a spreadsheet. Only IDocs are written to it. */
interface OldFile {
  readonly idocs: readonly Idoc[];
  readonly counts: readonly CsvRow[];
}

const oldFiles: Codec<OldFile> = {
  name: "idoc or csv",
  mediaType: IDOCS.mediaType,
  decode: (body) =>
    String.fromCharCode(...body.subarray(0, 6)) === "EDI_DC"
      ? { idocs: IDOCS.decode(body).idocs, counts: [] }
      : { idocs: [], counts: COUNTS.decode(body) },
  encode: ({ idocs: all }) => IDOCS.encode({ form: FLAT, idocs: all }),
};

const toInvoice = (posted: (typeof finance.InvoicePosted)["sample"]): OldFile => {
  const { salesOrderId, ...document } = posted;
  const { draft } = idocs.INVOIC02.write(
    { contract: "partner.send-document", data: { salesOrderId, document: { type: "invoice", ...document } } },
    { partner: "OLDERP" },
  );
  const number = controlNumber("old-erp", "INVOIC", posted.invoiceId).padStart(16, "0");
  const bookkeeping = { MANDT: "100", DOCNUM: number, DIRECT: "2", SNDPOR: "CROSSDOCK", RCVPRN: "OLDERP" };
  return { idocs: [{ ...draft, control: { ...draft.control, ...bookkeeping } }], counts: [] };
};

function fromOld({ idocs: all, counts }: OldFile): Message[] {
  const items = all.flatMap((one) =>
    idocs.MATMAS05.read(one, { partner: "OLDERP", controlNumber: one.control.DOCNUM ?? "" }).messages.map(
      (message) => {
        if (message instanceof ContractBroken) throw message;
        return message;
      },
    ),
  );
  const counted = counts.map(
    ({ count = "", item = "", store = "", counted: found = "", book = "", at = "" }) =>
      stock.StockCounted.of({
        positionId: `${item}/${store}`,
        item,
        location: store,
        countId: count,
        counted: pieces(decimals.plain(found)),
        book: pieces(decimals.plain(book)),
        countedAt: at,
      }),
  );
  return [...items, ...counted];
}

function oldErp({ to, ...folders }: Folders) {
  const line = connection("old-erp", file, {
    title: "Old ERP",
    owner: "finance",
    config: { ...inbox(folders), outbox: to },
  });
  return [
    flow("old-erp-files")
      .from(line)
      .decode(oldFiles)
      .publishAs([master.ItemChanged, stock.StockCounted], fromOld),
    flow("old-erp-invoices").on(finance.InvoicePosted).map(toInvoice).deliver(line, oldFiles),
  ];
}

// Planning of the nineties ------------------------------------------------------------------------------------------

const HOURS = csv({
  columns: ["REPORT", "ORDER", "PLANT", "ITEM", "QTY", "COMPLETED"].map((header) => ({
    name: header.toLowerCase(),
    header,
  })),
});

const NEWLINE = 10;

/** Planning ends every line it writes. A file that ends in the middle of one was cut off, and nothing of it is taken. */
const wholeHours: Codec<readonly CsvRow[]> = {
  ...HOURS,
  decode(body) {
    if (body.at(-1) === NEWLINE) return HOURS.decode(body);
    const line = body.reduce((lines, byte) => (byte === NEWLINE ? lines + 1 : lines), 1);
    throw new ContractBroken(
      `The file ends in the middle of line ${line}, so it is not whole. Send it again.`,
      {
        facts: { line, expected: "a line that ends", found: "the end of the file" },
      },
    );
  },
};

const completed = ({
  report = "",
  order = "",
  plant: where = "",
  item = "",
  qty = "",
  completed: when = "",
}: CsvRow) => ({
  productionOrderId: order,
  plant: where,
  reportId: report,
  item,
  quantity: pieces(decimals.plain(qty)),
  completedAt: when,
});

const hourly = (folders: Pick<Folders, "from" | "pollMs">) =>
  flow("planned-completions")
    .from(
      connection("old-planning", file, {
        title: "Old production planning",
        owner: "production",
        config: inbox(folders),
      }),
    )
    .decode(wholeHours)
    .split("rows", (rows) => rows)
    .map(completed)
    .publish(production.OutputCompleted);
