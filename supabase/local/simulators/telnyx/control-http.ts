import { z } from "zod";
import {
  call,
  faultList,
  numberChange,
  numberToAdd,
  oneOrder,
  phoneNumberOnly,
  settingsChange,
  someOrders,
} from "./control-bodies.ts";
import { type Control, ControlError } from "./control.ts";
import { recordToAdd } from "./detail-records.ts";
import { faultSchema } from "./fault-kinds.ts";
import { stockLevels } from "./stock.ts";

type Answer = object | undefined | Promise<object | undefined>;
interface ControlRoute {
  method: string;
  pattern: URLPattern;
  run(control: Control, body: unknown, named: string): Answer;
}

function route(method: string, pathname: string, run: ControlRoute["run"]): ControlRoute {
  return { method, pattern: new URLPattern({ pathname: `/_control${pathname}` }), run };
}

const routes: ControlRoute[] = [
  route("GET", "/state", (control) => control.snapshot()),
  route("GET", "/faults", (control) => ({ faults: control.faults() })),
  route("PUT", "/faults", (control, body) => ({
    ids: control.setFaults(faultList.parse(body).faults),
  })),
  route("POST", "/faults", (control, body) => ({ id: control.addFault(faultSchema.parse(body)) })),
  route("DELETE", "/faults", (control) => void control.clearFaults()),
  route("DELETE", "/faults/:name", (control, _body, id) => void control.clearFaults(id)),
  route(
    "PUT",
    "/inventory",
    (control, body) => void control.setInventory(stockLevels.parse(body)),
  ),
  route(
    "PATCH",
    "/settings",
    (control, body) => void control.changeSettings(settingsChange.parse(body)),
  ),
  route("POST", "/orders/settle", (control, body) => ({
    settled: control.settleOrders(someOrders.parse(body ?? {}).order_id),
  })),
  route("POST", "/searches/forget", (control) => void control.forgetSearches()),
  route(
    "POST",
    "/taken",
    (control, body) => void control.giveToAnother(phoneNumberOnly.parse(body).phone_number),
  ),
  route("POST", "/numbers", (control, body) => control.addNumber(numberToAdd.parse(body))),
  route("PATCH", "/numbers/:name", (control, body, phoneNumber) => {
    control.changeNumber(phoneNumber, numberChange.parse(body));
    return undefined;
  }),
  route("POST", "/numbers/:name/ring", (control, _body, phoneNumber) => ({
    ...control.ring(phoneNumber),
    shown_name: control.shownName(phoneNumber),
  })),
  route("DELETE", "/numbers/:name", (control, _body, number) => void control.removeNumber(number)),
  route(
    "POST",
    "/detail_records",
    (control, body) => control.addRecord(recordToAdd.parse(body)),
  ),
  route("POST", "/webhooks/number_order.complete", async (control, body) => {
    await control.sendOrderComplete(oneOrder.parse(body).order_id);
    return undefined;
  }),
  route("POST", "/webhooks/call.initiated", async (control, body) => {
    await control.sendCallInitiated(call.parse(body));
    return undefined;
  }),
];

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text();
  return text === "" ? undefined : JSON.parse(text);
}

function refuse(status: number, detail: string): Response {
  return Response.json({ detail }, { status });
}

/** The control API: 200 with a body or 204; 404, 409 and 422 say what is wrong. */
export async function handleControl(control: Control, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  for (const { method, pattern, run } of routes) {
    const match = pattern.exec({ pathname });
    if (!match || method !== request.method) continue;
    try {
      const named = decodeURIComponent(match.pathname.groups.name ?? "");
      const answer = await run(control, await readBody(request), named);
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    } catch (error) {
      if (error instanceof z.ZodError) return refuse(422, z.prettifyError(error));
      if (error instanceof SyntaxError) return refuse(422, "the body is not valid JSON");
      if (error instanceof ControlError) return refuse(409, error.message);
      throw error;
    }
  }
  return refuse(404, `no such control: ${request.method} ${pathname}`);
}
