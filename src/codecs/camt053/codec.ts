/** Bank statements: the door of camt.053 for those who need no other message of ISO 20022. */
export { bankMessage, camt053 } from "../iso20022/codec.ts";
export * from "../iso20022/statement.ts";
