/** QR codes: what mends them, and the pictures themselves. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { correctionOf, qrCode } from "./qr.ts";

// "HELLO WORLD" at version 1, level M: an example many texts on QR codes work through.
test("what mends a block is what the standard makes of it", () => {
  const data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17];
  expect(correctionOf(data, 10)).toEqual([196, 35, 39, 119, 235, 215, 231, 226, 93, 23]);
});

// Every module of these was compared with the picture another maker draws of the same text (with the mask chosen here).
test("the picture is drawn as others draw it", () => {
  const uri = "otpauth://totp/Test%20dock:kim?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Test%20dock";
  const print = (text: string) => {
    const rows = qrCode(text)!.map((row) => row.map(Number).join(""));
    return [rows.length, createHash("sha256").update(rows.join("")).digest("hex").slice(0, 16)];
  };
  expect([print(uri), print("x".repeat(213))]).toEqual([
    [41, "9165016f2dcccfeb"],
    [57, "f673820bb5ccd3f0"],
  ]);
});

test("a text that is too long for a picture has none", () => {
  expect(qrCode("x".repeat(214))).toBe(null);
});
