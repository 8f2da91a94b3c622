/**
 * How a table leaves the house: as CSV or as a workbook. That the audit says who took it is for the routes that send it.
 */
import type { FastifyReply } from "fastify";
import { csvOf } from "./csv.ts";
import type { Sheet } from "./sheet.ts";
import { workbookOf } from "./workbook.ts";

/** The kinds of file there are, by their ending. */
export const SHEET_FILES = ["csv", "xlsx"] as const;
export type SheetFile = (typeof SHEET_FILES)[number];

const MEDIA: Readonly<Record<SheetFile, string>> = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

export async function sendSheet(reply: FastifyReply, sheet: Sheet, file: SheetFile): Promise<FastifyReply> {
  const body = file === "csv" ? csvOf(sheet) : await workbookOf(sheet);
  return reply
    .type(MEDIA[file])
    .header("content-disposition", `attachment; filename="${sheet.name}.${file}"`)
    .send(body);
}
