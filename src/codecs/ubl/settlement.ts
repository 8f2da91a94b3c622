/** What is paid: taxes, allowances and charges, totals, prices, means and terms of payment. */
import { country, taxScheme } from "./parties.ts";
import { period } from "./references.ts";
import { described, many, one, optional, type Told } from "./shape.ts";

const taxCategoryLayout = {
  id: optional("ID", "text"),
  name: optional("Name", "text"),
  percent: optional("Percent", "decimal"),
  exemptionReasonCode: optional("TaxExemptionReasonCode", "text"),
  exemptionReasons: many("TaxExemptionReason", "text"),
  scheme: one("TaxScheme", taxScheme),
};
export interface UblTaxCategory extends Told<typeof taxCategoryLayout> {}
export const taxCategory = described<UblTaxCategory>(taxCategoryLayout);

const taxTotalLayout = {
  taxAmount: one("TaxAmount", "amount"),
  roundingAmount: optional("RoundingAmount", "amount"),
  evidence: optional("TaxEvidenceIndicator", "indicator"),
  subtotals: many("TaxSubtotal", {
    taxableAmount: optional("TaxableAmount", "amount"),
    taxAmount: one("TaxAmount", "amount"),
    sequence: optional("CalculationSequenceNumeric", "decimal"),
    percent: optional("Percent", "decimal"),
    category: one("TaxCategory", taxCategory),
  }),
};
export interface UblTaxTotal extends Told<typeof taxTotalLayout> {}
export const taxTotal = described<UblTaxTotal>(taxTotalLayout);

const allowanceChargeLayout = {
  id: optional("ID", "text"),
  charge: one("ChargeIndicator", "indicator"),
  reasonCode: optional("AllowanceChargeReasonCode", "text"),
  reasons: many("AllowanceChargeReason", "text"),
  factor: optional("MultiplierFactorNumeric", "decimal"),
  prepaid: optional("PrepaidIndicator", "indicator"),
  sequence: optional("SequenceNumeric", "decimal"),
  amount: one("Amount", "amount"),
  baseAmount: optional("BaseAmount", "amount"),
  taxCategories: many("TaxCategory", taxCategory),
  taxTotal: optional("TaxTotal", taxTotal),
};
/** `charge` is true for a charge, false for an allowance; the amount is never the other way round. */
export interface UblAllowanceCharge extends Told<typeof allowanceChargeLayout> {}
export const allowanceCharge = described<UblAllowanceCharge>(allowanceChargeLayout);

const monetaryTotalLayout = {
  lineExtensionAmount: optional("LineExtensionAmount", "amount"),
  taxExclusiveAmount: optional("TaxExclusiveAmount", "amount"),
  taxInclusiveAmount: optional("TaxInclusiveAmount", "amount"),
  allowanceTotalAmount: optional("AllowanceTotalAmount", "amount"),
  chargeTotalAmount: optional("ChargeTotalAmount", "amount"),
  prepaidAmount: optional("PrepaidAmount", "amount"),
  payableRoundingAmount: optional("PayableRoundingAmount", "amount"),
  payableAmount: one("PayableAmount", "amount"),
};
export interface UblTotal extends Told<typeof monetaryTotalLayout> {}
export const monetaryTotal = described<UblTotal>(monetaryTotalLayout);

const exchangeRateLayout = {
  source: one("SourceCurrencyCode", "text"),
  sourceBaseRate: optional("SourceCurrencyBaseRate", "decimal"),
  target: one("TargetCurrencyCode", "text"),
  targetBaseRate: optional("TargetCurrencyBaseRate", "decimal"),
  calculationRate: optional("CalculationRate", "decimal"),
  operator: optional("MathematicOperatorCode", "text"),
  date: optional("Date", "date"),
};
export interface UblExchangeRate extends Told<typeof exchangeRateLayout> {}
export const exchangeRate = described<UblExchangeRate>(exchangeRateLayout);

const financialAccountLayout = {
  id: optional("ID", "identifier"),
  name: optional("Name", "text"),
  typeCode: optional("AccountTypeCode", "text"),
  currency: optional("CurrencyCode", "text"),
  branch: optional("FinancialInstitutionBranch", {
    id: optional("ID", "identifier"),
    name: optional("Name", "text"),
    institution: optional("FinancialInstitution", {
      id: optional("ID", "identifier"),
      name: optional("Name", "text"),
    }),
  }),
  country: optional("Country", country),
};
export interface UblFinancialAccount extends Told<typeof financialAccountLayout> {}
const financialAccount = described<UblFinancialAccount>(financialAccountLayout);

const paymentMeansLayout = {
  id: optional("ID", "text"),
  code: one("PaymentMeansCode", "coded"),
  dueDate: optional("PaymentDueDate", "date"),
  channelCode: optional("PaymentChannelCode", "text"),
  instructionId: optional("InstructionID", "text"),
  instructionNotes: many("InstructionNote", "text"),
  paymentIds: many("PaymentID", "identifier"),
  card: optional("CardAccount", {
    number: one("PrimaryAccountNumberID", "text"),
    network: one("NetworkID", "text"),
    holder: optional("HolderName", "text"),
  }),
  payerAccount: optional("PayerFinancialAccount", financialAccount),
  payeeAccount: optional("PayeeFinancialAccount", financialAccount),
  mandate: optional("PaymentMandate", {
    id: optional("ID", "text"),
    payerAccount: optional("PayerFinancialAccount", financialAccount),
  }),
};
export interface UblPaymentMeans extends Told<typeof paymentMeansLayout> {}
export const paymentMeans = described<UblPaymentMeans>(paymentMeansLayout);

const paymentTermsLayout = {
  id: optional("ID", "text"),
  meansIds: many("PaymentMeansID", "text"),
  notes: many("Note", "text"),
  settlementDiscountPercent: optional("SettlementDiscountPercent", "decimal"),
  penaltyPercent: optional("PenaltySurchargePercent", "decimal"),
  amount: optional("Amount", "amount"),
  dueDate: optional("PaymentDueDate", "date"),
  settlementPeriod: optional("SettlementPeriod", period),
};
export interface UblPaymentTerms extends Told<typeof paymentTermsLayout> {}
export const paymentTerms = described<UblPaymentTerms>(paymentTermsLayout);

const prepaidPaymentLayout = {
  id: optional("ID", "text"),
  paidAmount: optional("PaidAmount", "amount"),
  receivedDate: optional("ReceivedDate", "date"),
};
export interface UblPrepaidPayment extends Told<typeof prepaidPaymentLayout> {}
export const prepaidPayment = described<UblPrepaidPayment>(prepaidPaymentLayout);

const priceLayout = {
  amount: one("PriceAmount", "amount"),
  baseQuantity: optional("BaseQuantity", "quantity"),
  changeReasons: many("PriceChangeReason", "text"),
  typeCode: optional("PriceTypeCode", "text"),
  type: optional("PriceType", "text"),
  orderableUnitFactor: optional("OrderableUnitFactorRate", "decimal"),
  allowanceCharges: many("AllowanceCharge", allowanceCharge),
};
export interface UblPrice extends Told<typeof priceLayout> {}
export const price = described<UblPrice>(priceLayout);
