/** BAI2 among unknown files: a file header 01 of eight fields. */
import { type Probe, readStreamed } from "../probe.ts";
import { readBai2 } from "./reader.ts";

/** Or what was meant to be one: a first record of eight fields that ends in version 2. */
const MEANT = /^\d\d,(?:[^,\r\n]*,){7,8}2\s*\/\s*(?:[\r\n]|$)/;
const HEADER =
  /^(?:\xef\xbb\xbf)?\s*01,[^,\r\n]*,[^,\r\n]*,\d{6,8},[\d:]{0,8},[^,\r\n]*(?:,|\/?\s*[\r\n]+88,)/;

export const probe: Probe = {
  codec: "bai2",
  recognises: (start) => [HEADER, MEANT].some((header) => header.test(Buffer.from(start).toString("latin1"))),
  read: (chunks) =>
    readStreamed(readBai2(chunks), (event) => (event.kind === "account" ? "account" : undefined)),
};
