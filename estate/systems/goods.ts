/**
 * What Meridian sells and to whom: the few facts several simulated systems were set up with on their first day.
 */

/** List prices and standard costs in EUR; SVC-CARE is a service and has neither stock nor cost. */
export const items: readonly { sku: string; price: string; cost: string; physical: boolean }[] = [
  { sku: "PUMP-100", price: "500.00", cost: "300.00", physical: true },
  { sku: "VALVE-20", price: "50.00", cost: "30.00", physical: true },
  { sku: "HOUS-4", price: "80.00", cost: "48.00", physical: true },
  { sku: "SEAL-9", price: "5.00", cost: "3.00", physical: true },
  { sku: "MOTOR-7", price: "150.00", cost: "90.00", physical: true },
  { sku: "SVC-CARE", price: "40.00", cost: "0.00", physical: false },
];

export const itemOf = new Map(items.map((item) => [item.sku, item]));

/** On hand per physical item before the first movement. */
export const INITIAL_STOCK = "100000";

/** Credit limits in EUR. */
export const creditLimits: Readonly<Record<string, string>> = {
  "C-ACME": "1000000.00",
  "C-SHOP": "1000000.00",
  "C-BAKER": "8000.00",
  "C-OVER": "100.00",
  "C-NORTH": "1000000.00",
};

/** Customers as the ERP keeps them; the limit is `creditLimits`. */
export const customers: Readonly<Record<string, { name: string; country: string; terms: string }>> = {
  "C-ACME": { name: "ACME Corp", country: "US", terms: "NET30" },
  "C-SHOP": { name: "Web consumers", country: "FR", terms: "CARD" },
  "C-BAKER": { name: "Baker Ltd", country: "GB", terms: "NET30" },
  "C-OVER": { name: "Overstretched GmbH", country: "DE", terms: "NET14" },
  "C-NORTH": { name: "North Pumps", country: "DE", terms: "NET30" },
  "C-WEST": { name: "Westwind Farms", country: "IE", terms: "NET30" },
  "C-EAST": { name: "Ostbau AG", country: "DE", terms: "NET30" },
  "C-ROTTE": { name: "Havenpomp BV", country: "NL", terms: "NET30" },
  "C-DELTA": { name: "Deltawerken BV", country: "NL", terms: "NET30" },
  "C-MARKT": { name: "Marktplatz SE", country: "DE", terms: "NET14" },
  "C-NORDIND": { name: "North Industries", country: "FR", terms: "NET30" },
};

/** Suppliers as the master-data platform keeps them. */
export const suppliers: Readonly<Record<string, { partyName: string; paymentTerms: string }>> = {
  "V-310": { partyName: "Seals and Sons", paymentTerms: "NET30" },
};

/** What items are called. */
export const descriptions: Readonly<Record<string, string>> = {
  "PUMP-100": "Pump, 100 l/min",
  "VALVE-20": "Valve, 20 mm",
  "HOUS-4": "Housing",
  "SEAL-9": "Seal",
  "MOTOR-7": "Motor",
  "SVC-CARE": "Care, a month",
};
