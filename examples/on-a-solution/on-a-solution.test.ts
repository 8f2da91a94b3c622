/** A shipped solution stands in somebody's own configuration, under their own house, beside a flow of their own. */
import { expect, test } from "vitest";
import config from "./crossdock.config.ts";
import { said } from "./main.ts";

test("the order the solution took in is told to the planners by the company's own flow", () => {
  expect(config.solutions.map(({ name }) => name)).toEqual(["distribution", "norrland"]);
  expect(said).toBe("order,customer,item,quantity\nSO-100-PO-7,C-100,PUMP-7,3\n");
});

test("nothing of the demonstration's company is in it", () => {
  const [goods] = config.solutions;
  expect(JSON.stringify(goods?.crosswalks)).not.toMatch(/ACME|VALVE/);
});
